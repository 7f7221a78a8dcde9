# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

command -v msgfmt >/dev/null || { echo "msgfmt is missing"; exit 77; }
mkdir -p code doc
printf 'x = 1\n' >code/a.py
mkdir -p  locale/fr/LC_MESSAGES locale/de/LC_MESSAGES
printf 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\nmsgid "Open"\nmsgstr "Ouvrir"\nmsgid "Close %%s"\nmsgstr "Fermer %%s"\n' >fr.po
printf 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\nmsgid "Open"\nmsgstr "Auf"\n' >de.po
msgfmt -o locale/fr/LC_MESSAGES/x.mo fr.po
msgfmt -o locale/de/LC_MESSAGES/x.mo de.po
t --json demo --documents doc --catalogues locale --sources code
status 0
out_has 'messages-fr'
out_has '"step":"import-bitext","count":2'
LANG=de_DE.UTF-8 t --json demo --documents doc --catalogues locale --sources code
out_has 'messages-de'
t --json demo --documents doc --catalogues locale --sources code --lang qq
status 0
err_has 'no catalogues in qq under locale: taking fr'
t --json demo --documents doc --catalogues locale --sources code --lang fr_FR.UTF-8
status 0
grep -q 'no catalogues' "$dir/err" && wrong 'a country of the language is another language'
t -w kept.tamis --json demo --documents doc --catalogues locale --sources code --lang fr
t -w kept.tamis --json ls bitext
out_lines 2
out_has '"source":{"'
out_has 'Ouvrir'
