/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "instruct/terms.h"

#include <stdlib.h>

#include <libstemmer.h>

#include "base/hash.h"
#include "base/utf8.h"
#include "text/langid.h"

#define LANGUAGES 15u
#define CACHED 8192u /* words whose stems are remembered, a power of two */

/* Sorted by bytes: what says nothing about the subject; words of questions and of share/prompts/extract.en are among them. */
static const char *const english[] = {
	"a", "about", "an", "and", "answer", "any", "are", "as", "at", "be", "between", "but", "by",
	"can", "could", "describe", "do", "does", "doing", "explain", "find", "following", "for", "from",
	"get", "give", "guidance", "had", "has", "have", "help", "how", "i", "if", "in", "into", "is",
	"it", "its", "just", "know", "make", "matters", "me", "my", "need", "no", "not", "of", "on",
	"one", "or", "our", "out", "over", "please", "practical", "question", "regard", "should", "so",
	"some", "than", "that", "the", "their", "them", "there", "they", "this", "to", "topic", "up",
	"use", "used", "using", "via", "was", "way", "we", "were", "what", "when", "where", "which",
	"who", "why", "will", "with", "without", "would", "you", "your", NULL,
};

static const char *const french[] = {
	"a", "ai", "au", "aux", "avec", "c", "ce", "ces", "cette", "comment", "d", "dans", "de", "des",
	"du", "elle", "en", "es", "est", "et", "faire", "fait", "faut", "il", "ils", "j", "je", "l", "la",
	"le", "les", "leur", "ma", "mais", "me", "mes", "mon", "n", "ne", "nous", "on", "ou", "où", "par",
	"pas", "peut", "peux", "plus", "pour", "pourquoi", "puis", "qu", "que", "quel", "quelle",
	"quelles", "quels", "qui", "quoi", "s", "sa", "se", "ses", "si", "son", "sont", "sur", "t", "un",
	"une", "vous", "y", "à", "ça", "été", "être", NULL,
};

static const char *const german[] = {
	"als", "am", "an", "auf", "aus", "bei", "bin", "das", "dass", "dem", "den", "der", "des", "die",
	"du", "ein", "eine", "einem", "einen", "einer", "eines", "er", "es", "für", "gibt", "habe",
	"haben", "hat", "ich", "ihr", "im", "in", "ist", "kann", "man", "mein", "meine", "meinen", "mich",
	"mir", "mit", "muss", "nach", "nicht", "noch", "oder", "sich", "sie", "sind", "so", "soll", "und",
	"uns", "vom", "von", "vor", "wann", "warum", "was", "welche", "welchen", "welcher", "welches",
	"wenn", "wer", "werden", "wie", "wieso", "wir", "wird", "wo", "wofür", "zu", "zum", "zur", "über", NULL,
};

static const char *const spanish[] = {
	"a", "al", "como", "con", "cuando", "cuál", "cuáles", "cuándo", "cuánto", "cómo", "de", "del",
	"dónde", "e", "el", "ella", "ellos", "en", "es", "esta", "este", "esto", "está", "están", "fue",
	"ha", "hace", "hacer", "hay", "la", "las", "le", "lo", "los", "me", "mi", "mis", "más", "nos", "o",
	"para", "pero", "por", "porque", "puede", "puedo", "que", "quién", "qué", "se", "ser", "si", "sin",
	"sobre", "son", "su", "sus", "también", "te", "tengo", "tiene", "tu", "un", "una", "unas", "uno",
	"unos", "y", "ya", "yo", NULL,
};

static const char *const italian[] = {
	"a", "ad", "ai", "al", "alla", "alle", "anche", "che", "chi", "ci", "come", "con", "cosa", "cui",
	"da", "dal", "dalla", "dei", "del", "della", "delle", "di", "dove", "e", "ed", "fa", "fare", "gli",
	"ha", "hanno", "ho", "i", "il", "in", "io", "la", "le", "lo", "ma", "me", "mi", "mio", "nel",
	"nella", "non", "o", "per", "perché", "più", "posso", "può", "qual", "quale", "quali", "quando",
	"quanto", "questa", "questo", "se", "si", "sono", "su", "sul", "sulla", "tra", "un", "una", "uno",
	"è", NULL,
};

static const char *const portuguese[] = {
	"a", "ao", "aos", "as", "com", "como", "da", "das", "de", "do", "dos", "e", "ela", "ele", "em",
	"eu", "fazer", "foi", "há", "isso", "mais", "mas", "me", "meu", "minha", "na", "nas", "no", "nos",
	"não", "o", "onde", "os", "ou", "para", "pela", "pelo", "pode", "por", "porque", "posso", "quais",
	"qual", "quando", "quanto", "que", "quem", "se", "sem", "ser", "seu", "sobre", "são", "também",
	"tem", "tenho", "um", "uma", "é", NULL,
};

static const char *const dutch[] = {
	"aan", "als", "bij", "dan", "dat", "de", "deze", "die", "dit", "doe", "doen", "door", "een", "en",
	"er", "heb", "hebben", "heeft", "het", "hij", "hoe", "ik", "in", "is", "kan", "kunnen", "maar",
	"met", "mijn", "moet", "na", "naar", "niet", "of", "om", "ook", "op", "over", "te", "tot", "u",
	"uit", "van", "voor", "waar", "waarom", "wanneer", "wat", "we", "welke", "wie", "wil", "worden",
	"wordt", "ze", "zich", "zijn", "zo", NULL,
};

static const char *const russian[] = {
	"а", "без", "бы", "был", "быть", "в", "во", "вот", "все", "вы", "где", "да", "для", "до", "его",
	"если", "есть", "её", "же", "за", "зачем", "и", "из", "или", "им", "их", "к", "как", "какая",
	"какие", "какой", "ко", "когда", "который", "кто", "ли", "мне", "можно", "мой", "мы", "на", "не",
	"него", "нет", "ни", "но", "о", "об", "от", "по", "под", "почему", "при", "с", "сделать", "себя",
	"сколько", "со", "так", "то", "тоже", "у", "уже", "чего", "чем", "что", "чтобы", "это", "этот",
	"я", NULL,
};

/* The first is for all others. */
static const struct language {
	char code[4];
	const char *stemmer;
	const char *const *words; /* NULL: none are known */
	size_t n;
} languages[LANGUAGES] = {
#define WORDS(list) list, sizeof list / sizeof *list - 1
	{ "en", "english", WORDS(english) }, { "fr", "french", WORDS(french) }, { "de", "german", WORDS(german) },
	{ "es", "spanish", WORDS(spanish) }, { "it", "italian", WORDS(italian) }, { "pt", "portuguese", WORDS(portuguese) },
	{ "nl", "dutch", WORDS(dutch) }, { "ru", "russian", WORDS(russian) }, { "sv", "swedish", NULL, 0 }, { "da", "danish", NULL, 0 },
	{ "nb", "norwegian", NULL, 0 }, { "fi", "finnish", NULL, 0 }, { "hu", "hungarian", NULL, 0 }, { "ro", "romanian", NULL, 0 },
	{ "tr", "turkish", NULL, 0 },
#undef WORDS
};

struct cached {
	uint64_t word;       /* hash; its lowest bit says whether it is content */
	uint64_t stem;       /* hash */
};

struct term_reader {
	const struct language *language; /* being read */
	struct sb_stemmer *stemmers[LANGUAGES], *stemmer;
	struct buf word;
	struct cached *cache; /* by the low bits of the word's hash */
	uint64_t salt;        /* added to hashes: of the language */
	char plain[256];      /* 1 for ASCII letters and digits */
};

/* What stands without spaces; katakana doesn't, they write whole foreign words. */
static bool is_han(int32_t cp)
{
	return (cp >= 0x3040 && cp <= 0x30a0) || cp == 0x30fb || (cp >= 0x3400 && cp <= 0x9fff) || (cp >= 0xf900 && cp <= 0xfaff) ||
	       (cp >= 0x20000 && cp <= 0x3ffff);
}

/* Endings and particles; what a text is about is written otherwise. */
static bool is_hiragana(int32_t cp)
{
	return cp >= 0x3040 && cp <= 0x309f;
}

/* Letters of other scripts and digits; ASCII punctuation and what lies in the punctuation blocks is not part of a word. */
static bool is_word(int32_t cp)
{
	if (cp < 0x80)
		return (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z') || (cp >= '0' && cp <= '9');
	return cp >= 0xc0 && cp != 0xd7 && cp != 0xf7 && !(cp >= 0x2000 && cp <= 0x2fff) && !(cp >= 0x3000 && cp <= 0x303f) &&
	       !(cp >= 0xff00 && cp <= 0xff0f) && !(cp >= 0xff1a && cp <= 0xff20) && !is_han(cp) && cp != 0xfffd;
}

struct term_reader *term_reader_new(void)
{
	struct term_reader *r = xcalloc(1, sizeof *r);

	r->cache = xcalloc(CACHED, sizeof *r->cache);
	buf_init(&r->word);
	for (int c = 0; c < 0x80; c++)
		r->plain[c] = is_word(c);
	return r;
}

void term_reader_free(struct term_reader *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < LANGUAGES; i++)
		if (r->stemmers[i])
			sb_stemmer_delete(r->stemmers[i]);
	buf_free(&r->word);
	free(r->cache);
	free(r);
}

static int compare_words(const void *key, const void *word)
{
	return strcmp(key, *(const char *const *)word);
}

/* Stems a word in lower case, and ended with a NUL; `hash` is its own, an even number. */
static void look_up(struct term_reader *r, struct cached *c, uint64_t hash, const char *word, size_t len)
{
	const sb_symbol *stem = r->stemmer && len < 64 ? sb_stemmer_stem(r->stemmer, (const sb_symbol *)word, (int)len) : NULL;

	const struct language *l = r->language;
	bool content = l->n == 0 || bsearch(word, l->words, l->n, sizeof *l->words, compare_words) == NULL;

	c->word = hash | content;
	c->stem = stem ? hash64(stem, (size_t)sb_stemmer_length(r->stemmer), 0) : hash64(word, len, 0);
}

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Eight characters in lower case; only ASCII has any. */
static uint64_t lower_eight(uint64_t x)
{
	uint64_t low = x & EACH(0x7f), upper = (low + EACH(0x80 - 'A')) & ~(low + EACH(0x7f - 'Z')) & ~x & EACH(0x80);

	return x | upper >> 2;
}

/* The word in lower case, with at least one NUL, into `lower`; its hash, for the cache alone. */
static uint64_t lower_word(uint64_t *lower, const char *word, size_t len)
{
	uint64_t hash = len * UINT64_C(0x9e3779b97f4a7c15);

	lower[len / 8] = 0;
	memcpy(lower, word, len);
	for (size_t i = 0; i <= len / 8; i++) {
		lower[i] = lower_eight(lower[i]);
		hash = hash_mix64(hash ^ lower[i]);
	}
	return hash;
}

static void add_word(struct term_reader *r, struct term_list *out, struct span text, size_t at, size_t end)
{
	uint64_t here[8], *lower = here;
	struct cached *c;
	uint64_t hash;

	if (end - at >= sizeof here) {
		buf_clear(&r->word);
		buf_fill(&r->word, '\0', (end - at) / 8 * 8 + 8);
		lower = (uint64_t *)(void *)r->word.p;
	}
	hash = (lower_word(lower, text.p + at, end - at) + r->salt) & ~UINT64_C(1);
	c = &r->cache[hash / 2 % CACHED];
	if ((c->word & ~UINT64_C(1)) != hash)
		look_up(r, c, hash, (const char *)lower, end - at);
	vec_push(&out->terms, (struct term){ .id = c->stem, .at = at, .len = end - at, .content = c->word & 1 });
}

/* Where the ASCII letters and digits from `i` on end. */
static size_t skip_plain(const char *plain, struct span text, size_t i)
{
	while (i < text.len && plain[(unsigned char)text.p[i]])
		i++;
	return i;
}

static void read_all(struct term_reader *r, struct term_list *out, struct span text)
{
	size_t i = 0, start = SIZE_MAX;

	vec_clear(&out->terms);
	while (i < text.len) {
		size_t used = 1, next = 1;
		int32_t cp = text.p[i];
		bool word = r->plain[(unsigned char)text.p[i]];

		if (cp < 0 || cp >= 0x80) {
			cp = utf8_decode(span_make(text.p + i, text.len - i), &used);
			word = is_word(cp);
		} else if (word) {
			used = skip_plain(r->plain, text, i + 1) - i;
		}
		if (start != SIZE_MAX && !word) {
			add_word(r, out, text, start, i);
			start = SIZE_MAX;
		}
		if (word && start == SIZE_MAX)
			start = i;
		if (is_han(cp) && i + used < text.len && (unsigned char)text.p[i + used] >= 0x80) {
			int32_t after = utf8_decode(span_make(text.p + i + used, text.len - i - used), &next);

			if (is_han(after))
				vec_push(&out->terms, (struct term){ hash64(text.p + i, used + next, 0), i, used + next,
								     !is_hiragana(cp) && !is_hiragana(after) });
		}
		i += used;
	}
	if (start != SIZE_MAX)
		add_word(r, out, text, start, text.len);
}

static void set_language(struct term_reader *r, size_t which)
{
	r->language = &languages[which];
	r->salt = which * UINT64_C(0xd1342543de82ef95);
	if (r->stemmers[which] == NULL)
		r->stemmers[which] = sb_stemmer_new(languages[which].stemmer, "UTF_8");
	r->stemmer = r->stemmers[which];
}

void terms_read(struct term_reader *r, struct term_list *out, struct span text)
{
	set_language(r, 0);
	read_all(r, out, text);
}

void terms_read_in(struct term_reader *r, struct term_list *out, struct span text, uint8_t lang)
{
	size_t which = LANGUAGES;

	while (which > 1 && strcmp(languages[which - 1].code, lang_code(lang)) != 0)
		which--;
	set_language(r, which - 1);
	read_all(r, out, text);
}
