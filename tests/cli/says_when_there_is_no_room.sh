# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

# A limit on the size of files stands for a full disk, which a test can't make.
i=0
while [ $i -lt 3000 ]; do echo "{\"text\":\"document number $i with some more words in it\"}"; i=$((i + 1)); done >a.jsonl
t import -c a a.jsonl
status 0
limited() {
	ran="tamis $*, files of 64 KiB at most"
	(ulimit -f 128; exec "$TAMIS" "$@") >"$dir/out" 2>"$dir/err" </dev/null
	got=$?
}
limited export a --to out.jsonl
status 1
err_has 'files may not grow so large here (ulimit -f); raise the limit and do it again'
checks=$((checks + 1))
[ -z "$(ls | grep out)" ] || wrong "leaves $(ls | grep out)"
limited import -c b a.jsonl
status 4
t fsck
status 0
t import -c b a.jsonl
status 0
t export b
out_lines 3000

# A full disk.
if [ -w /dev/full ]; then
	ran="tamis export to a full disk"
	"$TAMIS" export a >/dev/full 2>"$dir/err"
	got=$?
	status 1
	err_has 'the disk is full; make room and do it again'
fi
