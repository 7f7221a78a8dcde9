# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

page=${SRCDIR}/man/tamis.1
"$TAMIS" help | sed -n '/^verbs:/,/^$/s/^  \([a-z-][a-z-]*\).*/\1/p' >verbs
check test -s verbs
sed -n '/^\.Sh VERBS/,/^\.Sh IDS/s/^\.It Cm \([a-z-]*\).*/\1/p' "$page" >pages
ran='the verbs of tamis help and of the manual'
check diff verbs pages
for verb in $(cat verbs); do
	"$TAMIS" "$verb" --help | sed -n '/^options:/,/^$/s/^  \(-[A-Za-z],\|   \) --\([a-z0-9-]*\).*/\2/p' | sort >program
	awk -v verb="$verb" '
		/^\.It Cm / { here = $3 == verb }
		/^\.Sh IDS/ { here = 0 }
		here && /^\.It Fl / { line = $0; sub(/.*Fl -/, "", line); sub(/ .*/, "", line); print line }' "$page" | sort >manual
	ran="the options of $verb in the program and in the manual"
	check diff program manual
done
"$TAMIS" help | sed -n '/^options:/,/^$/s/^  \(-[A-Za-z],\|   \) --\([a-z0-9-]*\).*/\2/p' | sort >program
sed -n '1,/^\.Sh VERBS/s/^\.It .*Fl -\([a-z-]*\).*/\1/p' "$page" | sort >manual
ran='the common options'
check diff program manual
