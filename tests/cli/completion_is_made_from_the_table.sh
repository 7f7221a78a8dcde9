# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

for shell in bash zsh fish; do
	t help --completion "$shell"
	status 0
	out_has 'import'
	out_has 'annotate'
	if command -v "$shell" >/dev/null; then
		ran="$shell -n on its completion script"
		check "$shell" -n "$dir/out"
	fi
done
t help --completion tcsh
status 2
"$TAMIS" help --completion bash >c.bash
cat >try.bash <<'END'
. ./c.bash
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _tamis; printf '%s\n' "${COMPREPLY[@]}"
END
ran='completing in bash'
check test "$(bash try.bash tamis ex)" = export
check test "$(bash try.bash tamis ls doc)" = documents
check test "$(bash try.bash tamis export x --format ts)" = tsv
check test "$(bash try.bash tamis -w f.tamis label --rea)" = --reason
check test "$(bash try.bash tamis --theme mono ex)" = export
