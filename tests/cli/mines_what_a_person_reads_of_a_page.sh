# SPDX-License-Identifier: GPL-3.0-or-later
# Pages are mined by their sentences, not by their tags; a page is in the language of its words.
. "${SRCDIR:?}/tests/cli/lib.sh"

mkdir en fr
cat >en/page.html <<'PAGE'
<!DOCTYPE html><html><head><title>Home</title><style>body { color: red }</style></head><body class="the main of and for is in">
<h1>The old harbour</h1><p>Forty boats were lying in the <b>harbour</b> that winter. Nobody had mended the nets of the fishermen.</p>
<p>The lighthouse keeper wrote seven letters to his sister.</p></body></html>
PAGE
cat >fr/page.html <<'PAGE'
<!DOCTYPE html><html><head><title>Home</title><style>body { color: red }</style></head><body class="the main of and for is in">
<h1>Le vieux port</h1><p>Quarante bateaux se trouvaient dans le <b>port</b> cet hiver-l&agrave;. Personne n'avait r&eacute;par&eacute; les filets des p&ecirc;cheurs.</p>
<p>Le gardien du phare a &eacute;crit sept lettres &agrave; sa s&oelig;ur.</p></body></html>
PAGE
t import en --corpus en
t import fr --corpus fr
t --json ls documents fr
out_has '"lang":"fr"'
printf 'harbour\tport\nboat\tbateau\nforty\tquarante\nnet\tfilet\nletter\tlettre\nlighthouse\tphare\nsister\tsœur\nseven\tsept\nfisherman\tpêcheur\n' >words.tsv
t --json mine en fr --lexicon words.tsv --no-packaged --no-catalogues --margin distance --threshold 0 --align
status 0
out_has '"source_lang":"en","target_lang":"fr"'
t --json ls bitext
out_has '"source":{"document":"1.1"'
out_has 'Forty boats were lying in the harbour that winter.'
out_has "Quarante bateaux se trouvaient dans le port cet hiver-là."
! grep -q color "$dir/out" || wrong "a style sheet was mined"
# A manual that is translated in part.
mkdir mixed
cp fr/page.html mixed/page.html
cp en/page.html mixed/rest.html
sed 's/harbour/village/g; s/letters/songs/' en/page.html >mixed/more.html
t import mixed --corpus mixed
t --json mine en mixed --lexicon words.tsv --no-packaged --no-catalogues --margin distance --threshold 0
status 0
out_has '"source_lang":"en","target_lang":"fr"'
