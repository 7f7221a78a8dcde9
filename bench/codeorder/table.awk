# SPDX-License-Identifier: GPL-3.0-or-later
# The table of bench/codeorder/run.
BEGIN { FS = "\t" }
function yes(ok) { if (!ok) missed++; return ok ? "yes" : "NO" }
$1 == "truth" {
	if (!truths++)
		printf "%-11s %-28s %-14s %8s %9s %7s  %-13s %s\n", "language", "set", "truth", "edges", "precision", "recall", "wanted", "met"
	printf "%-11s %-28s %-14s %8d %9.4f %7.4f  %-13s %s\n", $2, $3, $4, $5, $6, $7, $8 + $9 ? ">=" $8 "/" $9 : "", $8 + $9 == 0 ? "" : $5 ? yes($6 >= $8 && $7 >= $9) : "NO"
	next
}
$1 == "figure" { figure[++n] = $0; next }
$1 == "skipped" { skipped[++s] = $0 }
END {
	for (i = 1; i <= n; i++) {
		split(figure[i], f, "\t")
		if (i == 1)
			printf "\n%-40s %-34s %14s  %-10s %s\n", "what", "by", "figure", "wanted", "met"
		met = f[5] == "" ? "" : yes(f[6] == "<=" ? f[4] <= f[5] + 0 : f[4] >= f[5] + 0)
		printf "%-40s %-34s %14s  %-10s %s\n", f[2], f[3], f[4], f[5] == "" ? "" : f[6] f[5], met
	}
	for (i = 1; i <= s; i++) {
		split(skipped[i], f, "\t")
		printf "skipped: %s (%s)\n", f[2], f[3]
	}
	exit missed > 0
}
