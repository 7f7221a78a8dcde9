# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"
command -v python3 >/dev/null || exit 77

# What Python's csv module writes comes in as it wrote it: cells over lines, doubled quotes, rows within cells.
python3 - <<'END'
import csv, json, random
random.seed(7)
bits = ['a', 'word', ' ', ',', ';', '\t', '"', '""', '\n', '\r\n', 'x,y\n', '3,"q"\n', 'über', '汉字', '\n\n', "'", '1', '","']
dialects = {'lines': dict(lineterminator='\r\n'), 'unix': dict(lineterminator='\n'), 'all': dict(quoting=csv.QUOTE_ALL, lineterminator='\n')}
for name, dialect in dialects.items():
    with open(name + '.csv', 'w', newline='', encoding='utf-8') as f, open(name + '.want', 'w', encoding='utf-8') as want:
        w = csv.writer(f, **dialect)
        w.writerow(['id', 'text', 'note'])
        for i in range(3000):
            text = 't' + ''.join(random.choice(bits) for _ in range(random.randrange(0, 14)))
            note = ''.join(random.choice(bits) for _ in range(random.randrange(0, 5)))
            w.writerow([i, text, note])
    with open(name + '.csv', newline='', encoding='utf-8') as f, open(name + '.want', 'w', encoding='utf-8') as want:
        for row in csv.DictReader(f):
            want.write(json.dumps([row['id'], row['text'], row['note']]) + '\n')
END
for name in lines unix all; do
	t import -c $name $name.csv
	status 0
	t export $name -f jsonl
	python3 -c '
import json, sys
for line in sys.stdin:
    r = json.loads(line)
    print(json.dumps([r.get("id", ""), r.get("text", ""), r.get("note", "")]))' <"$dir/out" >"$dir/got"
	checks=$((checks + 1))
	cmp -s "$dir/got" $name.want || wrong "$name.csv is not read as Python reads it"
done

# One quote opened and not closed in the middle: one bad row, named by its line; the others are there.
python3 - <<'END'
for name, quoted in (('quoted', True), ('bare', False)):
    with open(name + '.csv', 'w') as f:
        f.write('id,text,lang\n')
        for i in range(5000):
            if i == 1234:
                f.write('%d,"text number %d,en\n' % (i, i))
            else:
                f.write(('%d,"text, number %d",en\n' if quoted else '%d,text number %d,en\n') % (i, i))
END
for name in quoted bare; do
	t import -c bad$name $name.csv
	status 3
	err_has '4999 new records'
	err_has "DIR/$name.csv:1236: a quoted cell is not closed"
done
