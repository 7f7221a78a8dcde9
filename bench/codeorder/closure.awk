# SPDX-License-Identifier: GPL-3.0-or-later
# Compares what each translation unit includes, directly or not: LINKS (tamis order --links: user, dependency, kind) against TRUTH
# (unit, file; as gcc -MM says).  Prints pairs, precision, recall: recall of all links, precision of those outside of #if, for gcc reads
# one configuration's branches only.  What differs goes to `file`.
BEGIN { FS = "\t" }
FILENAME == ARGV[1] {
	if ($3 != "pair" && $3 != "test") {
		needs[0, $1] = needs[0, $1] "\t" $2
		if ($3 != "conditional")
			needs[1, $1] = needs[1, $1] "\t" $2
	}
	next
}
{ truth[$1, $2] = 1; units[$1] = 1; n_truth++ }
function visit(sure, name, list, n, i) {
	n = split(substr(needs[sure, name], 2), list, "\t")
	for (i = 1; i <= n; i++)
		if (!(list[i] in seen)) { seen[list[i]] = 1; visit(sure, list[i]) }
}
END {
	for (unit in units) {
		split("", seen)
		visit(0, unit)
		delete seen[unit]
		for (other in seen)
			if ((unit, other) in truth) { found++; delete truth[unit, other] }
	}
	for (pair in truth) { split(pair, p, SUBSEP); if (file) print "missing\t" p[1] "\t" p[2] >file; left[pair] = 1 }
	while ((getline line < ARGV[2]) > 0) { split(line, p, "\t"); truth[p[1], p[2]] = 1 }
	for (unit in units) {
		split("", seen)
		visit(1, unit)
		delete seen[unit]
		for (other in seen) {
			sure++
			if ((unit, other) in truth) right++
			else if (file) print "false\t" unit "\t" other >file
		}
	}
	printf "%d\t%.4f\t%.4f\n", n_truth, sure ? right / sure : 1, n_truth ? found / n_truth : 1
}
