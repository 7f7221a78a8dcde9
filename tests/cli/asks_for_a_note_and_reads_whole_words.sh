# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

printf '{"text":"first text"}\n{"text":"second text"}\n{"text":"third text"}\n' >a.jsonl
t import a.jsonl

# A bare n asks; what comes next is the note, whatever it looks like.
printf 'n\nq\nq\n' >keys
t --linear review a <keys
status 0
out_has 'note (an empty line keeps it as it is): q'
out_has 'saved: 1.1 note q'
printf 'n\n\nq\n' >keys
t --linear review a <keys
out_has 'the note is: q'
out_has 'the note stays as it is'
t --json show 1.1
out_has '"note":"q"'
printf 'n -\nq\n' >keys
t --linear review a <keys
t --json show 1.1
check test "$(grep -c '"note":"' "$dir/out")" = 0

# Words are no commands because of how they begin.
printf 'accept\nnext\nquit\nx-ray\nq\n' >keys
t --linear review a <keys
status 0
out_has '“accept” is no command'
out_has '“next” is no command'
out_has '“quit” is no command'
out_has '“x-ray” is no command'
out_has '0 of 3 judged'
printf 'x25\ng 3\nq\n' >keys
t --linear review a <keys
out_has 'saved: 1.1 verdict reject'

# The queue goes on where it was left, and says what was passed over.
t --linear review a <<'END'
q
END
out_has 'continuing at item 3; 1 undecided before'
