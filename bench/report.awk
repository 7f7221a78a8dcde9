# SPDX-License-Identifier: GPL-3.0-or-later
# From "row<TAB>tool<TAB>value" lines to the table (standard output) and JSON (the file in `json`).
# First file: bench/budgets, "row|what|unit|budget"; second: the values.  -v about: JSON members about the machine;
# -v peers: names of the other tools, shown beside ours ("less lnav VisiData").

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

function wide(p) { return length(peer[p]) > 8 ? length(peer[p]) : 8 }

function met(m, limit) { return limit ~ /^>=/ ? m >= substr(limit, 3) + 0 : m <= limit + 0 }

END {
	n_peers = split(peers == "" ? "less lnav VisiData" : peers, peer, " ")
	line = "%-56s %-6s %8s %8s %-15s %-6s"
	printf line, "what", "unit", "budget", "tamis", "(min-max)", ""
	for (p = 1; p <= n_peers; p++) printf " %" wide(p) "s", peer[p]
	printf "\n"
	printf "{%s, \"rows\": [\n", about >json
	for (r = 1; r <= rows; r++) {
		row = order[r]
		own = row SUBSEP "tamis"
		some = n[own]
		for (p = 1; p <= n_peers; p++) some += n[row SUBSEP peer[p]]
		if (!some) continue
		m = median(own)
		verdict = m == "" ? "failed" : budget[row] == "" ? "" : met(m, budget[row]) ? "met" : "missed"
		if (verdict == "missed" || verdict == "failed") unmet++
		if (verdict != "") judged++
		printf line, what[row], unit[row], budget[row] == "" ? "-" : budget[row], show(m), m == "" ? "" : spread(own), verdict
		for (p = 1; p <= n_peers; p++)
			printf " %" wide(p) "s", show(median(row SUBSEP peer[p]))
		printf "\n"
		printf "%s{\"row\": \"%s\", \"what\": \"%s\", \"unit\": \"%s\", \"budget\": %s, \"verdict\": \"%s\"", printed++ ? ",\n" : "",
			row, what[row], unit[row], budget[row] == "" ? "null" : budget[row] ~ /^>=/ ? "\"" budget[row] "\"" : budget[row], verdict >json
		printf "%s", json_tool(row, "tamis") >json
		for (p = 1; p <= n_peers; p++) printf "%s", json_tool(row, peer[p]) >json
		printf "}" >json
	}
	printf "\n]}\n" >json
	printf "%d of %d budgets met\n", judged - unmet, judged
}
