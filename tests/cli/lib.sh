# SPDX-License-Identifier: GPL-3.0-or-later
# Expected-output tests of the command line.  A test is a script named after the behaviour it proves:
#
#	. "${SRCDIR:?}/tests/cli/lib.sh"
#	printf '{"text":"one"}\n' >a.jsonl
#	t import a.jsonl            # runs tamis; standard output, error and status are kept
#	status 0                    # what they must be …
#	err_has 'corpus a: 1 new'
#	t ls corpora
#	out <<'END'                 # … whole
#	corpus  kind      records  rejected  size  files
#	END
#
# Each runs in a fresh folder with a fresh HOME, a frozen clock and an annotator of its own; that folder is written DIR in what is
# compared, spent seconds S.  All checks of a test are made; it fails when one did.
set -u
: "${TAMIS:?}"
dir=$(mktemp -d "${TMPDIR:-/tmp}/tamis-cli-XXXXXX") || exit 99
dir=$(cd "$dir" && pwd -P)
export HOME=$dir/home TMPDIR=$dir TZ=UTC LC_ALL=C.UTF-8 TAMIS_NOW=1700000000000 TAMIS_ANNOTATOR=ann TERM=dumb
unset TAMIS_WORKSPACE TAMIS_LOG TAMIS_SIMD XDG_CONFIG_HOME LANGUAGE LANG COLUMNS
mkdir "$HOME" "$dir/work"
cd "$dir/work" || exit 99
failed=0
checks=0
ran=

finish() {
	code=$?
	if [ "$code" = 77 ]; then # what it needs is missing here
		cd / && rm -rf "$dir"
		exit 77
	fi
	[ "$code" = 0 ] || { echo "the script ended with $code"; failed=1; }
	[ "$checks" -gt 0 ] || { echo "no check was made"; failed=1; }
	cd / && rm -rf "$dir"
	exit "$failed"
}
trap finish EXIT

# Runs tamis. Standard input is empty unless redirected.
t() {
	ran="tamis $*"
	if [ -p /dev/stdin ] || [ -f /dev/stdin ]; then
		"$TAMIS" "$@" >"$dir/out" 2>"$dir/err"
	else
		"$TAMIS" "$@" >"$dir/out" 2>"$dir/err" </dev/null
	fi
	got=$?
}

wrong() {
	echo "FAILED: $ran"
	echo "  $*"
	failed=1
}

plain() {
	sed -e "s|$dir/work|DIR|g" -e "s|$dir|TOP|g" -e 's/[0-9][0-9]*\.[0-9][0-9]* s\b/S s/g' \
		-e 's/"seconds":[0-9.e+-]*/"seconds":S/g' "$1"
}

status() {
	checks=$((checks + 1))
	[ "$got" = "$1" ] || { wrong "status $got, not $1"; sed 's/^/  stderr: /' "$dir/err"; }
}

same() {
	checks=$((checks + 1))
	cat >"$dir/want"
	plain "$dir/$1" >"$dir/plain"
	diff -u --label expected --label "$1" "$dir/want" "$dir/plain" >"$dir/diff" || { wrong "$1 differs:"; cat "$dir/diff"; }
}
out() { same out; }
err() { same err; }
# Nothing at all on standard output or error.
quiet() { : | same "$1"; }

has() {
	checks=$((checks + 1))
	plain "$dir/$1" | grep -q -F -e "$2" || { wrong "$1 has no “$2”:"; plain "$dir/$1" | head -20; }
}
out_has() { has out "$1"; }
err_has() { has err "$1"; }
out_lines() {
	checks=$((checks + 1))
	n=$(wc -l <"$dir/out")
	[ "$n" = "$1" ] || wrong "$n lines, not $1"
}
# Two files hold the same bytes.
same_bytes() {
	checks=$((checks + 1))
	cmp "$1" "$2" || wrong "$1 and $2 differ"
}
check() {
	checks=$((checks + 1))
	"$@" || wrong "not so: $*"
}
