/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "instruct/phrases.h"

#include <ctype.h>
#include <pthread.h>

#include "base/utf8.h"

#define SENTENCES 60u
#define GRAMS 64u /* word 3-grams of a sentence that are compared */
#define ALIKE 0.7

static const char *const boilerplate[] = { "accept cookies", "cookie policy", "we use cookies", "subscribe to our", "sign up for our",
					   "share this article", "share this page", "share this post", "share this on", "all rights reserved", "click here", "add to cart", "privacy policy", "log in to comment", "log in to reply",
					   "log in to your account", "sign in to your account",
					   "版权所有", "点击这里", "关注我们", "扫描二维码", NULL };
static const char *const first_person[] = { "i", "i'm", "i've", "my", "me", "we", "our", "us", "我", NULL };
/* "The text" alone is what an editor aligns and "the document" what a browser loads: only what points at a source counts. */
static const char *const leaks[] = { "this text", "this article", "this passage", "the passage", "this excerpt", "the excerpt", "this document",
				     "this section", "this chapter", "this paragraph", "above text", "text above", "the above passage",
				     "passage above", "article above", "given text", "given passage", "provided text", "provided passage",
				     "text provided", "passage provided", "following text", "following passage", "following article",
				     "according to the text", "according to the article", "according to the passage", "according to the author",
				     "according to the document", "in the text", "in the article", "from the text", "from the article",
				     "the article says", "the text says", "the article describes", "the text describes", "the author says",
				     "the author describes", "the author's", "based on the text", "based on the article", "based on the information",
				     "as described above", "as mentioned above", "described above", "mentioned above", "given context", "provided context",
				     "本文", "上文", "下文", "这段文字", "这段文本", "文中", "该文章", "这篇文章", "该段落", "这段话", "以上内容",
				     "根据材料", "根据文章", "根据原文", NULL };
static const char *const refusals[] = { "as an ai", "i'm sorry, but", "i am sorry, but", "i cannot assist", "i can't assist",
					"i cannot help with", "i can't help with", "i'm unable to", "i am unable to", "i'm not able to",
					"i cannot provide", "i can't provide", "i cannot fulfill", "i can't fulfill", "i must decline",
					"as a language model", "as a large language model", "lo siento, pero", "no puedo ayudar", "je suis désolé, mais",
					"je ne peux pas", "es tut mir leid, aber", "ich kann dir dabei nicht", "ich kann ihnen dabei nicht",
					"sinto muito, mas", "извините, но", "申し訳ありませんが", "작업을 도와드릴 수 없",
					"作为一个人工智能", "作为人工智能", "作为一个语言模型", "作为语言模型", "我无法提供", "我无法回答",
					"我不能提供", "很抱歉，我", "抱歉，我无法", "抱歉，我不能", NULL };
static const char *const *const lists[] = { boilerplate, first_person, leaks, refusals };

static const char *const empty_headings[] = { "advertisement", "forum", "quick link", "quick links", "free newsletter", "newsletter",
					      "navigation", "menu", "search", "table of contents", "contents", "index", "site map",
					      "sitemap", "references", "bibliography", "acknowledgements", "acknowledgments", "see also",
					      "copyright", "license", "authors", "author", "参考文献", "致谢", "comments", "related posts", "share", "footer", "目录", "导航", "评论", "广告", NULL };

static bool is_word_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '\'';
}

static unsigned char lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

/* Two bytes that a phrase can begin with, in either case; the second one behind a phrase of one letter is what may stand behind a
 * word.  Most places of a text are settled by them. */
struct beginnings {
	uint64_t pairs[65536 / 64];
};

static struct beginnings beginnings[sizeof lists / sizeof *lists];
static pthread_once_t beginnings_once = PTHREAD_ONCE_INIT;

static bool may_begin(const struct beginnings *b, char first, char second)
{
	unsigned pair = (unsigned)(unsigned char)first << 8 | (unsigned char)second;

	return b->pairs[pair / 64] >> pair % 64 & 1;
}

static void add_beginnings(struct beginnings *b, const char *phrase)
{
	for (unsigned pair = 0; pair < 65536; pair++) {
		char first = (char)(pair >> 8), second = (char)(pair & 0xff);

		if (lower(first) == (unsigned char)phrase[0] &&
		    (phrase[1] ? lower(second) == (unsigned char)phrase[1] : !is_word_byte(second)))
			b->pairs[pair / 64] |= UINT64_C(1) << pair % 64;
	}
}

static void read_beginnings(void)
{
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		for (const char *const *phrase = lists[i]; *phrase; phrase++)
			add_beginnings(&beginnings[i], *phrase);
}

/* Does the phrase stand at byte `i`, whole words only? */
static bool stands_at(const char *phrase, struct span text, size_t i)
{
	size_t n = 0;

	while (phrase[n] && i + n < text.len && lower(text.p[i + n]) == (unsigned char)phrase[n])
		n++;
	return phrase[n] == '\0' && (!is_word_byte(phrase[0]) || i + n == text.len || !is_word_byte(text.p[i + n]));
}

unsigned phrases_count(enum phrases which, struct span text)
{
	const struct beginnings *b = &beginnings[which];
	unsigned n = 0;

	pthread_once(&beginnings_once, read_beginnings);
	for (size_t i = 0; i < text.len; i++) {
		if (!may_begin(b, text.p[i], i + 1 < text.len ? text.p[i + 1] : ' ') ||
		    (i > 0 && is_word_byte(text.p[i - 1]) && is_word_byte(text.p[i])))
			continue;
		for (const char *const *phrase = lists[which]; *phrase; phrase++)
			n += stands_at(*phrase, text, i);
	}
	return n;
}

bool phrases_is_latin(struct span text)
{
	size_t i = 0;

	while (i < text.len) {
		size_t used = 1;

		if (utf8_decode(span_make(text.p + i, text.len - i), &used) >= 0x250 && (unsigned char)text.p[i] != 0xe2)
			return false;
		i += used;
	}
	return true;
}

struct grams {
	uint64_t id[GRAMS];
	size_t n;
	uint64_t marks; /* a bit for each, by its last six */
};

/* Puts the id into the sorted ones, once. */
static void insert_gram(struct grams *g, uint64_t id)
{
	size_t at = g->n;

	while (at > 0 && g->id[at - 1] > id)
		at--;
	if (at > 0 && g->id[at - 1] == id)
		return;
	memmove(g->id + at + 1, g->id + at, (g->n - at) * sizeof *g->id);
	g->id[at] = id;
	g->n++;
	g->marks |= UINT64_C(1) << id % 64;
}

/* Sorted hashes of the first GRAMS 3-grams of terms [from, to), a sentence; none when it has fewer than five words. */
static void read_grams(struct grams *out, const struct term_list *terms, size_t from, size_t to)
{
	out->n = 0;
	out->marks = 0;
	for (size_t i = from; to - from >= 5 && i + 3 <= to && i < from + GRAMS; i++) {
		const struct term *t = &terms->terms.v[i];

		insert_gram(out, (t[0].id * 31 + t[1].id) * 31 + t[2].id);
	}
}

static bool grams_alike(const struct grams *a, const struct grams *b)
{
	/* What has no mark there is not shared. */
	size_t both = 0, most = a->n - (size_t)__builtin_popcountll(a->marks & ~b->marks);

	if ((double)most < ALIKE * (double)(a->n + b->n - most) || (double)b->n < ALIKE * (double)a->n)
		return false;
	for (size_t i = 0, k = 0; i < a->n && k < b->n;) {
		both += a->id[i] == b->id[k];
		if (a->id[i] <= b->id[k])
			i++;
		else
			k++;
	}
	return both > 0 && (double)both >= ALIKE * (double)(a->n + b->n - both);
}

static bool ends_sentence(struct span rest)
{
	char c = rest.p[0];

	return c == '.' || c == '!' || c == '?' || c == '\n' || c == '\0' || (c == "。"[0] && span_starts(rest, "。"));
}

/* The term after the last one of the sentence that begins with term `i`. */
static size_t sentence_end(const struct term_list *terms, struct span text, size_t i)
{
	for (; i + 1 < terms->terms.n; i++) {
		size_t at = terms->terms.v[i].at + terms->terms.v[i].len, next = terms->terms.v[i + 1].at;

		for (size_t k = at; k < next; k++)
			if (ends_sentence(span_make(text.p + k, next - k)))
				return i + 1;
	}
	return terms->terms.n;
}

/* A sentence of code, whose lines are alike by nature: on an indented line, or one byte in twelve is a sign that prose has no use for. */
static bool is_code(struct span text, size_t from, size_t to)
{
	size_t signs = 0, line = from;

	while (line > 0 && text.p[line - 1] != '\n')
		line--;
	if (text.p[line] == '\t' || span_starts(span_make(text.p + line, text.len - line), "  "))
		return true;
	for (size_t i = from; i < to; i++)
		signs += (unsigned char)text.p[i] < 0x80 && ispunct((unsigned char)text.p[i]) && !strchr(",;'\"-()", text.p[i]);
	return signs * 12 >= to - from;
}

unsigned text_repetition(const struct term_list *terms, struct span text)
{
	struct grams all[SENTENCES];
	unsigned n = 0, pairs = 0;

	for (size_t i = 0, end; i < terms->terms.n && n < SENTENCES; i = end) {
		end = sentence_end(terms, text, i);
		if (is_code(text, terms->terms.v[i].at, terms->terms.v[end - 1].at + terms->terms.v[end - 1].len))
			continue;
		read_grams(&all[n], terms, i, end);
		n += all[n].n > 0;
	}
	for (unsigned i = 0; i < n; i++)
		for (unsigned k = 0; k < i; k++)
			pairs += grams_alike(&all[i], &all[k]);
	return pairs;
}

double text_letter_share(struct span text)
{
	size_t letters = 0, all = 0, i = 0;

	while (i < text.len) {
		size_t used = 1;
		int32_t cp = text.p[i];

		if (cp >= 0 && cp < 0x80) {
			all += cp > ' ';
			letters += (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z');
			i++;
			continue;
		}
		cp = utf8_decode(span_make(text.p + i, text.len - i), &used);
		i += used;
		all++;
		letters += cp >= 0xc0 && !(cp >= 0x2000 && cp <= 0x2fff) && !(cp >= 0x3000 && cp <= 0x303f);
	}
	return all ? (double)letters / (double)all : 0;
}

static bool is_item(struct span line)
{
	size_t i = 0;

	line = span_trim(line);
	if (span_starts(line, "- ") || span_starts(line, "* ") || span_starts(line, "+ ") || span_starts(line, "• "))
		return true;
	while (i < line.len && isdigit((unsigned char)line.p[i]))
		i++;
	return i > 0 && i < 4 && i + 1 < line.len && (line.p[i] == '.' || line.p[i] == ')') && line.p[i + 1] == ' ';
}

/* "12.1. RAID and LVM": a line of a table of contents. */
static bool is_numbered_heading(struct span line)
{
	size_t i = 0, dots = 0;

	line = span_trim(line);
	for (; i < line.len && (isdigit((unsigned char)line.p[i]) || (i && line.p[i] == '.')); i++)
		dots += line.p[i] == '.';
	return dots && i + 1 < line.len && (line.p[i] == ' ' || span_starts(span_make(line.p + i, line.len - i), "\xc2\xa0")) &&
	       line.len < 100 && strchr(".!?:;,", line.p[line.len - 1]) == NULL;
}

double text_bullet_share(struct span text)
{
	size_t lines = 0, items = 0;

	while (text.len) {
		struct span line = span_line(&text);

		lines += span_trim(line).len > 0;
		items += is_item(line) || is_numbered_heading(line);
	}
	return lines ? (double)items / (double)lines : 0;
}

double text_first_item(struct span text)
{
	struct span line = span_trim(text);
	double number = 0;
	size_t i = 0;

	line = span_line(&line);
	if (!is_item(line) || !isdigit((unsigned char)line.p[0]))
		return 1;
	for (; i < line.len && isdigit((unsigned char)line.p[i]); i++)
		number = number * 10 + (line.p[i] - '0');
	return number;
}

double text_link_share(struct span text)
{
	size_t bytes = 0;

	for (size_t i = 0; i + 7 < text.len; i++) {
		size_t from = i;

		if (lower(text.p[i]) != 'h')
			continue;
		if (strncasecmp(text.p + i, "http://", 7) != 0 && strncasecmp(text.p + i, "https:/", 7) != 0)
			continue;
		while (i < text.len && (unsigned char)text.p[i] > ' ')
			i++;
		bytes += i - from;
	}
	return text.len ? (double)bytes / (double)text.len : 0;
}

/* A word of prose: letters, with a mark behind it at most.  Paths, options, numbers and names of files are none. */
static bool is_plain_word(struct span word)
{
	size_t letters = 0;

	while (word.len && strchr(",;:.)\"'", word.p[word.len - 1]))
		word.len--;
	while (word.len && strchr("(\"'", word.p[0]))
		word = span_make(word.p + 1, word.len - 1);
	for (size_t i = 0; i < word.len; i++) {
		bool joins = (word.p[i] == '\'' || word.p[i] == '-') && i > 0 && i + 1 < word.len;

		if (!joins && !isalpha((unsigned char)word.p[i]) && (unsigned char)word.p[i] < 0x80)
			return false;
		letters += !joins;
	}
	return letters > 0;
}

static struct span take_word(struct span *rest)
{
	struct span word;
	size_t n = 0;

	while (rest->len && (unsigned char)rest->p[0] <= ' ')
		*rest = span_make(rest->p + 1, rest->len - 1);
	while (n < rest->len && (unsigned char)rest->p[n] > ' ')
		n++;
	word = span_make(rest->p, n);
	*rest = span_make(rest->p + n, rest->len - n);
	return word;
}

/* A stretch of prose goes on: seven words at least, three in four of them plain and half of them small; what is typed at a prompt, an
 * address, a name under a quotation, a title and a table's row are not. */
static bool is_prose(struct span paragraph, struct span last)
{
	struct span rest = paragraph, word = last;
	size_t words = 0, plain = 0, small = 0;

	if (last.p[0] == '$' || last.p[0] == '#' || last.p[0] == '%' || last.p[0] == '>' || last.p[0] == '[' || span_starts(last, "--"))
		return false;
	while ((word = take_word(&rest)).len) {
		words++;
		plain += is_plain_word(word);
		small += islower((unsigned char)word.p[0]) || (unsigned char)word.p[0] >= 0x80;
	}
	for (rest = last; rest.len;) {
		struct span next = take_word(&rest);

		word = next.len ? next : word;
	}
	return words >= 7 && 4 * plain >= 3 * words && 2 * small >= words && is_plain_word(word);
}

/* What the last line stands in: back to an empty line or one that is indented. */
static struct span last_paragraph(struct span text, struct span last)
{
	const char *from = last.p;

	while (from > text.p) {
		const char *end = from - 1, *start = end;

		while (start > text.p && start[-1] != '\n')
			start--;
		if (start == end || start[0] == ' ' || start[0] == '\t')
			break;
		from = start;
	}
	return span_make(from, (size_t)(last.p + last.len - from));
}

bool text_ends_mid_sentence(struct span text)
{
	static const char *const ends[] = { ".", "!", "?", ":", ")", "\"", "'", "`", ">", ";", "]", "}", "*", "。", "！", "？", "」", "』", "”", "）",
					    "：", "…", "’", "；", "»", "“", NULL };
	struct span last = span_trim(text), rest = last;

	text = last;
	while (rest.len)
		last = span_line(&rest);
	if (last.len == 0 || is_item(last) || last.p[0] == ' ' || last.p[0] == '\t')
		return false;
	for (const char *const *end = ends; *end; end++)
		if (span_ends(last, *end))
			return false;
	if (!phrases_is_latin(last))
		return memchr(last.p, ' ', last.len) == NULL || is_prose(last_paragraph(text, last), last);
	return is_prose(last_paragraph(text, last), last);
}

bool heading_says_nothing(struct span header)
{
	bool lower = false, upper = false;

	while (header.len && (isdigit((unsigned char)header.p[0]) || strchr(". ", header.p[0])))
		header = span_make(header.p + 1, header.len - 1);
	for (const char *const *word = empty_headings; *word; word++)
		if (header.len == strlen(*word) && strncasecmp(header.p, *word, header.len) == 0)
			return true;
	for (size_t i = 0; i < header.len; i++) {
		lower |= islower((unsigned char)header.p[i]) || (unsigned char)header.p[i] >= 0x80;
		upper |= isupper((unsigned char)header.p[i]) != 0;
	}
	return upper && !lower && memchr(header.p, ' ', header.len) != NULL;
}
