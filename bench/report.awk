# SPDX-License-Identifier: GPL-3.0-or-later
# From "row<TAB>tool<TAB>value" lines to the table (standard output) and JSON (the file in `json`).
# First file: bench/budgets, "row|what|unit|budget"; second: the values.  -v about: JSON members about the machine.

FNR == NR {
	if ($0 ~ /^[a-z]/) {
		split($0, part, "|")
		order[++rows] = part[1]
		what[part[1]] = part[2]
		unit[part[1]] = part[3]
		budget[part[1]] = part[4]
	}
	next
}
{
	split($0, part, "\t")
	key = part[1] SUBSEP part[2]
	value[key, ++n[key]] = part[3] + 0
}

function sorted(key,  i, j, swap) {
	for (i = 1; i <= n[key]; i++) s[i] = value[key, i]
	for (i = 2; i <= n[key]; i++)
		for (j = i; j > 1 && s[j - 1] > s[j]; j--) { swap = s[j]; s[j] = s[j - 1]; s[j - 1] = swap }
}

function median(key) {
	if (!n[key]) return ""
	sorted(key)
	return n[key] % 2 ? s[(n[key] + 1) / 2] : (s[n[key] / 2] + s[n[key] / 2 + 1]) / 2
}

function show(x) { return x == "" ? "-" : x >= 100 ? sprintf("%.0f", x) : x >= 10 ? sprintf("%.1f", x) : sprintf("%.3g", x) }

function spread(key) { sorted(key); return n[key] > 1 ? show(s[1]) "-" show(s[n[key]]) : "" }

function json_tool(row, tool,  key, i, text) {
	key = row SUBSEP tool
	if (!n[key]) return ""
	text = sprintf(", \"%s\": {\"median\": %.6g, \"values\": [", tool, median(key))
	for (i = 1; i <= n[key]; i++) text = text (i > 1 ? ", " : "") sprintf("%.6g", value[key, i])
	return text "]}"
}

END {
	split("less lnav VisiData", peer, " ")
	line = "%-56s %-6s %8s %8s %-15s %-6s %8s %8s %8s\n"
	printf line, "what", "unit", "budget", "tamis", "(min-max)", "", "less", "lnav", "VisiData"
	printf "{%s, \"rows\": [\n", about >json
	for (r = 1; r <= rows; r++) {
		row = order[r]
		own = row SUBSEP "tamis"
		if (!n[own] && !n[row SUBSEP "less"] && !n[row SUBSEP "lnav"] && !n[row SUBSEP "VisiData"]) continue
		m = median(own)
		verdict = m == "" ? "failed" : budget[row] == "" ? "" : m <= budget[row] + 0 ? "met" : "missed"
		if (verdict == "missed" || verdict == "failed") unmet++
		if (verdict != "") judged++
		printf line, what[row], unit[row], budget[row] == "" ? "-" : budget[row], show(m), m == "" ? "" : spread(own), verdict,
			show(median(row SUBSEP peer[1])), show(median(row SUBSEP peer[2])), show(median(row SUBSEP peer[3]))
		printf "%s{\"row\": \"%s\", \"what\": \"%s\", \"unit\": \"%s\", \"budget\": %s, \"verdict\": \"%s\"", printed++ ? ",\n" : "",
			row, what[row], unit[row], budget[row] == "" ? "null" : budget[row], verdict >json
		printf "%s%s%s%s}", json_tool(row, "tamis"), json_tool(row, peer[1]), json_tool(row, peer[2]), json_tool(row, peer[3]) >json
	}
	printf "\n]}\n" >json
	printf "%d of %d budgets met\n", judged - unmet, judged
}
