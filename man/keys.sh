# SPDX-License-Identifier: GPL-3.0-or-later
# Makes share/keys/default and the actions of man/tamis-keys.7 from the program: keys.sh TAMIS SRCDIR [OUTDIR]
set -eu
tamis=$1 source=$2 out=${3:-$2}
"$tamis" --list-keys >"$out/default.new"
awk -v keys="$source/man/keys.awk" -v map="$out/default.new" '
	/^\.\\" begin:/ { print; system("awk -f " keys " " map); inside = 1 }
	/^\.\\" end/ { inside = 0 }
	!inside' "$source/man/tamis-keys.7" >"$out/tamis-keys.7.new"
if [ "$out" = "$source" ]; then
	mv "$out/default.new" "$source/share/keys/default"
	mv "$out/tamis-keys.7.new" "$source/man/tamis-keys.7"
fi
