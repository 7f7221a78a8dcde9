# SPDX-License-Identifier: GPL-3.0-or-later
# Compares what each translation unit includes, directly or not: LINKS (tamis order --links: user, dependency, kind) against TRUTH
# (unit, file; as gcc -MM says).  With unconditional=1 links inside #if are left out.  Prints pairs, precision, recall.
BEGIN { FS = "\t" }
FILENAME == ARGV[1] {
	if ($3 != "pair" && $3 != "test" && !(unconditional && $3 == "conditional"))
		needs[$1] = needs[$1] "\t" $2
	next
}
{ truth[$1, $2] = 1; units[$1] = 1; n_truth++ }
function visit(file, list, n, i) {
	n = split(substr(needs[file], 2), list, "\t")
	for (i = 1; i <= n; i++)
		if (!(list[i] in seen)) { seen[list[i]] = 1; visit(list[i]) }
}
END {
	for (unit in units) {
		split("", seen)
		visit(unit)
		delete seen[unit]
		for (file in seen) {
			n_ours++
			if ((unit, file) in truth) both++
		}
	}
	printf "%d pairs, precision %.4f, recall %.4f\n", n_truth, n_ours ? both / n_ours : 1, n_truth ? both / n_truth : 1
}
