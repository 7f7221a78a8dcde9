# SPDX-License-Identifier: GPL-3.0-or-later
# The actions of tamis-keys(7), as mdoc, made from the default key map (tamis --list-keys):
#	make update-keys
function say(text) {
	gsub(/\\/, "\\e", text)
	if (text ~ /^[.']/) text = "\\&" text
	print text
}
function finish(  i, line) {
	if (name == "") return
	print ".It Ic " name (argument == "" ? "" : " Op Ar " argument)
	say(toupper(substr(help, 1, 1)) substr(help, 2) ".")
	for (i = 1; i <= n_screens; i++) {
		line = (screens[i] == "*" ? "Everywhere" : toupper(substr(screens[i], 1, 1)) substr(screens[i], 2)) ": " keys[i]
		say(line (i < n_screens ? ";" : ""))
	}
	name = ""
	n_screens = 0
}
/^# [a-z-]+( [A-Z]+)?: / {
	finish()
	name = $2
	argument = ""
	if (name !~ /:$/) argument = $3
	sub(/:$/, "", name)
	sub(/:$/, "", argument)
	help = $0
	sub(/^# [^:]*: /, "", help)
	next
}
# One line for each key: screens with the same keys are told together.
name != "" && NF == 3 && $3 == name {
	if (n_screens && screens[n_screens] == $1)
		keys[n_screens] = keys[n_screens] " " $2
	else {
		for (i = 1; i <= n_screens; i++) if (screens[i] == $1) break
		if (i > n_screens) { n_screens = i; screens[i] = $1; keys[i] = $2 }
		else keys[i] = keys[i] " " $2
	}
}
/^$/ {
	# join screens that have the same keys
	for (i = 1; i <= n_screens; i++)
		for (j = i + 1; j <= n_screens; j++)
			if (keys[i] == keys[j]) {
				screens[i] = screens[i] ", " screens[j]
				for (k = j; k < n_screens; k++) { keys[k] = keys[k + 1]; screens[k] = screens[k + 1] }
				n_screens--
				j--
			}
	finish()
}
END { finish() }
