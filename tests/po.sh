#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Translations: every source file with a text for people is listed in po/POTFILES.in, and zh_CN says all of them, formats included.
set -u
cd "$SRCDIR" || exit 1
command -v xgettext >/dev/null || { echo "gettext is missing"; exit 77; }
failed=0
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

grep -l -E '(^|[^a-zA-Z0-9_])(_|N_|PL_)\("' $(find src store ui -name '*.[ch]') | grep -v 'base/i18n.h' | LC_ALL=C sort >"$folder/speaking"
grep -v -E '^(#|$)' po/POTFILES.in | LC_ALL=C sort -u >"$folder/listed"
if grep -v -x -F -f "$folder/listed" "$folder/speaking" >"$folder/unlisted"; then
	echo "not in po/POTFILES.in:"
	cat "$folder/unlisted"
	failed=1
fi

# As po/Makevars has it.
xgettext --keyword=_ --keyword=N_ --keyword=PL_:1,2 --from-code=UTF-8 --add-comments=TRANSLATORS: --files-from="$folder/speaking" \
	--output="$folder/now.pot" || exit 1
for catalogue in po/*.po; do
	msgmerge -q --no-fuzzy-matching -o "$folder/merged.po" "$catalogue" "$folder/now.pot" || failed=1
	msgfmt -c --statistics -o /dev/null "$folder/merged.po" 2>"$folder/said" || failed=1
	if grep -q -E 'untranslated|fuzzy' "$folder/said"; then
		echo "$catalogue: $(cat "$folder/said")"
		msgattrib --untranslated --no-obsolete "$folder/merged.po" | grep -E '^msgid ' | head -n 40
		failed=1
	fi
done
# Reasons are told apart by their line: a translated list has as many as the list it translates.
for list in share/reasons/*.*; do
	if [ "$(grep -c -v '^#' "$list")" != "$(grep -c -v '^#' "${list%.*}")" ]; then
		echo "$list has not as many reasons as ${list%.*}"
		failed=1
	fi
done
exit $failed
