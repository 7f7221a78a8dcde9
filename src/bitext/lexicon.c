/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lexicons: cleaning of phrases, recognising files, chaining; see lexicon.h.
 */
#include "bitext/lexicon.h"

#include <iconv.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/hash.h"
#include "base/i18n.h"
#include "base/thread.h"
#include "base/utf8.h"
#include "bitext/lexicon_format.h"
#include "formats/reader.h"
#include "text/langid.h"

enum { PHRASE_BYTES = 120, DICTIONARY_BYTES = 512 << 20, HUB_LINKS = 12, PARTS = 16, PART_LEAST = 1 << 20 };

void lexicon_init(struct lexicon *l, uint8_t a, uint8_t b)
{
	*l = (struct lexicon){ .a = a, .b = b, .sources = BUF_INIT };
}

void lexicon_free(struct lexicon *l)
{
	vec_free(&l->entries);
	arena_free(&l->text);
	buf_free(&l->sources);
}

size_t lexicon_bytes(const struct lexicon *l)
{
	return l->entries.cap * sizeof *l->entries.v + arena_bytes(&l->text);
}

/* Takes bracketed remarks, /pronunciations/ and what follows a pronunciation off. */
static struct span clean_phrase(char out[PHRASE_BYTES], struct span s)
{
	size_t n = 0;
	int depth = 0;
	bool slashes = false;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (c == '(' || c == '[' || c == '{' || c == '<')
			depth++;
		else if (c == ')' || c == ']' || c == '}' || c == '>')
			depth -= depth > 0;
		else if (c == '/' && (slashes || i == 0 || s.p[i - 1] == ' '))
			slashes = !slashes;
		else if (!depth && !slashes) {
			if (n == PHRASE_BYTES)
				return span_make(out, 0);
			out[n++] = c;
		}
	}
	return span_trim(span_make(out, n));
}

static struct span without_article(struct span s)
{
	static const char *const leads[] = { "to be ", "to ", "a ", "an ", "the ", "sich ", "etw. ", "jdn. ", "jdm. " };

	for (size_t i = 0; i < sizeof leads / sizeof *leads; i++)
		if (span_starts(s, leads[i]) && s.len > strlen(leads[i]))
			return span_make(s.p + strlen(leads[i]), s.len - strlen(leads[i]));
	return s;
}

void lexicon_add(struct lexicon *l, struct span a, struct span b)
{
	char space_a[PHRASE_BYTES], space_b[PHRASE_BYTES];

	a = without_article(clean_phrase(space_a, a));
	b = without_article(clean_phrase(space_b, b));
	if (a.len && b.len)
		vec_push(&l->entries, (struct lexicon_entry){ arena_span(&l->text, a), arena_span(&l->text, b) });
}

/* ---- files ---- */

static int read_dictd_files(const struct lexicon_sink *sink, const char *index_path, struct error *err)
{
	struct buf index = BUF_INIT, dict = BUF_INIT;
	size_t stem = strlen(index_path) - strlen(".index");
	char *packed = xasprintf("%.*s.dict.dz", (int)stem, index_path);
	char *plain = xasprintf("%.*s.dict", (int)stem, index_path);
	int rc = stream_read_all(&index, index_path, DICTIONARY_BYTES, err);

	if (!rc)
		rc = stream_read_all(&dict, access(packed, R_OK) ? plain : packed, DICTIONARY_BYTES, err);
	if (!rc)
		read_dictd(sink, buf_span(&index), buf_span(&dict));
	buf_free(&index);
	buf_free(&dict);
	free(packed);
	free(plain);
	return rc;
}

static size_t line_of(struct span text, size_t at)
{
	size_t line = 1;

	for (size_t i = 0; i < at && i < text.len; i++)
		line += text.p[i] == '\n';
	return line;
}

/* Words of a person's language have no zero bytes; a picture or a program does. */
static int refuse_binary(struct span text, const char *path, struct error *err)
{
	const char *zero = text.len ? memchr(text.p, '\0', text.len) : NULL;

	return !zero ? 0
		     : error_set(err, TAMIS_EPARSE, _("%s:%zu holds zero bytes: this is no dictionary"), path,
				 line_of(text, (size_t)(zero - text.p)));
}

/* EUC-JP to UTF-8 when the bytes are not UTF-8.  The few bytes that are neither are dropped; a file with many is no dictionary. */
static int to_utf8(struct buf *text, const char *path, struct error *err)
{
	struct buf out = BUF_INIT;
	size_t all = text->len, dropped = 0, bad = 0;
	char *in = text->p;
	size_t left = text->len;
	iconv_t convert;

	if (utf8_valid(buf_span(text), &bad) || (convert = iconv_open("UTF-8", "EUC-JP")) == (iconv_t)-1)
		return 0;
	while (left) {
		buf_reserve(&out, 65536);
		char *to = out.p + out.len;
		size_t room = 65536;
		size_t done = iconv(convert, &in, &left, &to, &room);

		out.len = (size_t)(to - out.p);
		if (done == (size_t)-1 && room > 8 && left) {
			in++;
			left--;
			dropped++;
		}
	}
	iconv_close(convert);
	if (dropped > all / 100) {
		buf_free(&out);
		return error_set(err, TAMIS_EPARSE, _("%s:%zu is neither UTF-8 nor EUC-JP: convert the dictionary to UTF-8"), path,
				 line_of(buf_span(text), bad));
	}
	buf_free(text);
	*text = out;
	return 0;
}

/* Most lines must have what parts the two sides of an entry. */
static int check_entries(struct span text, const char *path, const char *part, struct error *err)
{
	size_t lines = 0, odd = 0, number = 0, first = 0;

	while (text.len) {
		struct span line = span_line(&text);

		number++;
		if (!span_trim(line).len || line.p[0] == '#')
			continue;
		lines++;
		if (!memmem(line.p, line.len, part, strlen(part)) && odd++ == 0)
			first = number;
	}
	return odd <= lines / 2 ? 0
				: error_set(err, TAMIS_EPARSE, _("%s:%zu is no dictionary entry, nor are most of its lines"), path, first);
}

/* ---- parts, read side by side; their entries keep the order of the text ---- */

typedef void read_fn(const struct lexicon_sink *sink, struct span text);

struct part {
	struct lexicon lexicon;
	struct span text;
};

struct parts {
	struct part part[PARTS];
	read_fn *read;
	bool swapped;
};

static void read_part(void *ctx, size_t i)
{
	struct parts *p = ctx;

	p->read(&(struct lexicon_sink){ &p->part[i].lexicon, p->swapped }, p->part[i].text);
}

static void lexicon_take(struct lexicon *l, struct lexicon *part)
{
	vec_reserve(&l->entries, l->entries.n + part->entries.n);
	vec_each(&part->entries, i)
		vec_push(&l->entries, part->entries.v[i]);
	arena_join(&l->text, &part->text);
	lexicon_free(part);
}

/* Every format is one of lines: a large text is cut after some. */
static void read_parts(const struct lexicon_sink *sink, struct span text, read_fn *read)
{
	struct parts p = { .read = read, .swapped = sink->swapped };
	size_t at = 0;

	if (text.len < PART_LEAST) {
		read(sink, text);
		return;
	}
	for (size_t i = 0; i < PARTS; i++) {
		size_t want = text.len / PARTS * (i + 1);
		const char *line = i + 1 < PARTS && want > at ? memchr(text.p + want, '\n', text.len - want) : NULL;
		size_t end = line ? (size_t)(line + 1 - text.p) : i + 1 < PARTS && want <= at ? at : text.len;

		lexicon_init(&p.part[i].lexicon, sink->lexicon->a, sink->lexicon->b);
		p.part[i].text = span_make(text.p + at, end - at);
		at = end;
	}
	parallel_for(thread_count_default(), PARTS, read_part, &p, NULL);
	for (size_t i = 0; i < PARTS; i++)
		lexicon_take(sink->lexicon, &p.part[i].lexicon);
}

/* The format by the first line that is not a comment. */
static int read_text(const struct lexicon_sink *sink, struct span text, const char *path, struct error *err)
{
	struct span rest = text, line = { NULL, 0 };

	while (rest.len) {
		line = span_line(&rest);
		if (line.len && line.p[0] != '#')
			break;
	}
	bool slashes = line.len && memmem(line.p, line.len, "/", 1);
	const char *space = slashes ? memchr(line.p, ' ', line.len) : NULL, *part = "/";
	read_fn *read = NULL;

	if (span_starts(line, "U+") && memmem(line.p, line.len, "\tk", 2)) {
		read = read_unihan;
		part = "\t";
	} else if (line.len && memmem(line.p, line.len, "\t", 1)) {
		read = read_tsv;
		part = "\t";
	} else if (line.len && memmem(line.p, line.len, "::", 2)) {
		read = read_ding;
		part = "::";
	} else if (slashes) {
		read = memmem(line.p, line.len, "] /", 3) && space && space[1] != '[' ? read_cedict : read_edict;
	}
	int rc = read ? check_entries(text, path, part, err) : 0;

	if (read && rc == 0)
		read_parts(sink, text, read);
	return rc;
}

int lexicon_read(struct lexicon *l, const char *path, uint8_t from, uint8_t to, struct error *err)
{
	struct lexicon_sink sink = { l, from == l->b && to == l->a };
	struct buf text = BUF_INIT;
	size_t before = l->entries.n;
	int rc;

	if (!sink.swapped && (from != l->a || to != l->b))
		return error_set(err, TAMIS_EUSAGE, _("the dictionary %s is between other languages"), path);
	if (span_ends(span_of(path), ".index")) {
		rc = read_dictd_files(&sink, path, err);
	} else {
		rc = stream_read_all(&text, path, DICTIONARY_BYTES, err);
		if (!rc)
			rc = refuse_binary(buf_span(&text), path, err);
		if (!rc)
			rc = to_utf8(&text, path, err);
		if (!rc)
			rc = read_text(&sink, buf_span(&text), path, err);
	}
	buf_free(&text);
	if (!rc && l->entries.n == before)
		rc = error_set(err, TAMIS_EPARSE, _("%s holds no dictionary entries in a format this program knows"), path);
	if (!rc)
		buf_addf(&l->sources, "%s (%zu)\n", path, l->entries.n - before);
	return rc;
}

/* Votes of a sample of entries for the a side being in `lang`, less those for the b side. */
static double leaning(const struct lexicon *l, uint8_t lang)
{
	struct buf a = BUF_INIT, b = BUF_INIT;
	double lead = 0;
	float sure;
	size_t step = l->entries.n / 512 + 1;

	for (size_t i = 0; i < l->entries.n; i += 16 * step) {
		buf_clear(&a);
		buf_clear(&b);
		for (size_t k = i; k < i + 16 * step && k < l->entries.n; k += step) {
			buf_addspan(&a, l->entries.v[k].a);
			buf_addc(&a, ' ');
			buf_addspan(&b, l->entries.v[k].b);
			buf_addc(&b, ' ');
		}
		if (lang_guess(buf_span(&a), &sure) == lang)
			lead += (double)sure;
		if (lang_guess(buf_span(&b), &sure) == lang)
			lead -= (double)sure;
	}
	buf_free(&a);
	buf_free(&b);
	return lead;
}

int lexicon_read_file(struct lexicon *l, const char *path, struct error *err)
{
	struct lexicon file;
	int rc;

	lexicon_init(&file, l->a, l->b);
	rc = lexicon_read(&file, path, l->a, l->b, err);
	if (rc == 0) {
		bool swapped = leaning(&file, l->a) < leaning(&file, l->b);
		size_t before = l->entries.n;

		vec_each(&file.entries, i) {
			const struct lexicon_entry *e = &file.entries.v[i];

			lexicon_add(l, swapped ? e->b : e->a, swapped ? e->a : e->b);
		}
		buf_addf(&l->sources, "%s (%zu)\n", path, l->entries.n - before);
	}
	lexicon_free(&file);
	return rc;
}

/* ---- chaining ---- */

static bool is_short(struct span s)
{
	int spaces = 0;

	for (size_t i = 0; i < s.len; i++)
		spaces += s.p[i] == ' ';
	return spaces < 3;
}

static uint64_t folded_hash(struct span s)
{
	char low[PHRASE_BYTES];

	for (size_t i = 0; i < s.len && i < sizeof low; i++)
		low[i] = (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] + 32 : s.p[i]);
	return hash64(low, s.len < sizeof low ? s.len : sizeof low, 0);
}

/* One stretch of the first lexicon's entries, chained. */
struct link_of_chain {
	struct lexicon out;
	VEC(uint64_t) keys;       /* by entry of `out`: a hash of both sides as they were */
	struct map64 seen;        /* of the stretch */
};

struct chaining {
	const struct lexicon *first, *second;
	struct map64 heads;       /* entries of `second` by the hash of their a-side: 1 + index, then on through `next` */
	uint32_t *next;
	struct link_of_chain stretch[PARTS];
};

static void index_second(struct chaining *c)
{
	for (size_t i = c->second->entries.n; i-- > 0;) {
		const struct lexicon_entry *e = &c->second->entries.v[i];
		bool made;
		uint64_t *head;

		if (!is_short(e->a) || !is_short(e->b))
			continue;
		head = map64_at(&c->heads, folded_hash(e->a), &made);
		c->next[i] = (uint32_t)*head;
		*head = i + 1;
	}
}

static void chain_entry(struct link_of_chain *to, const struct chaining *c, const struct lexicon_entry *e)
{
	uint64_t *head = is_short(e->a) && is_short(e->b) ? map64_find(&c->heads, folded_hash(e->b)) : NULL;
	int links = 0;

	for (uint64_t k = head ? *head : 0; k && links < HUB_LINKS; k = c->next[k - 1], links++) {
		struct span z = c->second->entries.v[k - 1].b;
		uint64_t key = hash64(z.p, z.len, folded_hash(e->a));
		bool made;

		map64_at(&to->seen, key, &made);
		if (made)
			lexicon_add(&to->out, e->a, z);
		if (to->out.entries.n > to->keys.n)
			vec_push(&to->keys, key);
	}
}

static void chain_stretch(void *ctx, size_t i)
{
	struct chaining *c = ctx;
	size_t n = c->first->entries.n, end = n * (i + 1) / PARTS;

	for (size_t k = n * i / PARTS; k < end; k++)
		chain_entry(&c->stretch[i], c, &c->first->entries.v[k]);
	map64_free(&c->stretch[i].seen);
}

void lexicon_chain(struct lexicon *out, const struct lexicon *first, const struct lexicon *second)
{
	struct chaining c = { .first = first, .second = second, .next = xcalloc(second->entries.n + 1, sizeof *c.next) };
	struct map64 seen = { 0 };

	index_second(&c);
	parallel_for(thread_count_default(), PARTS, chain_stretch, &c, NULL);
	for (size_t p = 0; p < PARTS; p++) {
		struct link_of_chain *s = &c.stretch[p];

		vec_each(&s->keys, i) {
			bool made;

			map64_at(&seen, s->keys.v[i], &made);
			if (made)
				vec_push(&out->entries, s->out.entries.v[i]);
		}
		arena_join(&out->text, &s->out.text);
		lexicon_free(&s->out);
		vec_free(&s->keys);
	}
	free(c.next);
	map64_free(&c.heads);
	map64_free(&seen);
}
