/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gen LINES FILE: instruction pairs as JSON Lines, the same bytes every time.
 *
 * What pipelines write, in shape: id, instruction, input (often empty), output, score, source and a nested object; 800 bytes a line
 * on average with a long tail; every seventh line holds Chinese and emoji; quotes, backslashes and newlines are
 * escaped as JSON wants.  1,260,000 lines are 1.0 GB.  Line LINES - LINES/200 holds the word "quicksilver-needle", once in the file. */
#include "config.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

static uint64_t state;

static uint32_t draw(void)
{
	uint64_t z = state += 0x9e3779b97f4a7c15u; /* splitmix64 */
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return (uint32_t)(z >> 32);
}

static uint32_t below(uint32_t n)
{
	return (uint32_t)((uint64_t)draw() * n >> 32);
}

/* Common words first: a low draw is likelier (the smaller of two). */
static const char *const words[] = {
	"the", "of", "and", "to", "a", "in", "is", "that", "for", "it", "as", "was", "with", "be", "by", "on", "not", "this", "are", "or",
	"his", "from", "at", "which", "but", "have", "an", "had", "they", "you", "were", "their", "one", "all", "we", "can", "her", "has",
	"there", "been", "if", "more", "when", "will", "would", "who", "so", "no", "out", "up", "into", "that", "some", "could", "them",
	"only", "other", "time", "new", "about", "these", "two", "may", "then", "do", "first", "any", "my", "now", "such", "like", "our",
	"over", "man", "me", "even", "most", "made", "after", "also", "did", "many", "before", "must", "through", "years", "where", "much",
	"your", "way", "well", "down", "should", "because", "each", "just", "those", "people", "how", "too", "little", "state", "good", "very",
	"make", "world", "still", "own", "see", "work", "long", "get", "here", "between", "both", "life", "being", "under", "never", "day",
	"same", "another", "know", "while", "last", "might", "us", "great", "old", "year", "off", "come", "since", "against", "go", "came",
	"right", "used", "take", "three", "states", "himself", "few", "house", "use", "during", "without", "again", "place", "around",
	"however", "home", "small", "found", "thought", "went", "say", "part", "once", "general", "high", "upon", "school", "every", "does",
	"got", "united", "left", "number", "course", "war", "until", "always", "away", "something", "fact", "though", "water", "less",
	"public", "put", "think", "almost", "hand", "enough", "far", "took", "head", "yet", "government", "system", "better", "set", "told",
	"nothing", "night", "end", "why", "called", "eyes", "find", "going", "look", "asked", "later", "knew", "point", "next", "program",
	"city", "business", "group", "toward", "young", "days", "let", "room", "within", "children", "side", "social", "given", "order",
	"function", "returns", "value", "array", "string", "pointer", "memory", "sequence", "gradient", "derivative", "matrix", "vector",
	"theorem", "proof", "integral", "polynomial", "language", "translate", "sentence", "summary", "explain", "describe", "example",
	"temperature", "reaction", "molecule", "protein", "galaxy", "velocity", "momentum", "equilibrium", "inflation", "treaty",
	"constitution", "revolution", "painting", "orchestra", "harvest", "glacier", "volcano", "migration", "archive", "dataset",
};

static const char *const wide[] = {
	"数据", "语言", "模型", "训练", "问题", "回答", "请", "解释", "如何", "编写", "一个", "程序", "排序", "算法", "历史", "城市", "天气", "因为", "所以", "我们",
	"日本語", "テスト", "です", "한국어", "문장", "번역", "😀", "🚀", "✅", "🎉", "👩‍💻", "é", "ñ", "Größe", "данные", "слово",
};

static const char *const tasks[] = {
	"Explain why", "Write a short story about", "Summarise the following:", "Translate into Chinese:", "List three reasons that",
	"What is the difference between", "Fix the function so that", "Prove that", "Give an example of", "Rewrite politely:",
};

static const char *const sources[] = { "web", "books", "code", "wiki", "forum", "papers" };

#define COUNT(table) (sizeof(table) / sizeof *(table))

static void add_words(struct buf *out, uint32_t n, bool foreign)
{
	for (uint32_t i = 0; i < n; i++) {
		uint32_t a = below(COUNT(words)), b = below(COUNT(words));
		if (i)
			buf_addc(out, ' ');
		buf_adds(out, foreign && below(3) == 0 ? wide[below(COUNT(wide))] : words[a < b ? a : b]);
		uint32_t mark = below(64);
		if (mark < 5)
			buf_adds(out, mark < 3 ? "." : ",");
		else if (mark == 5)
			buf_adds(out, "\\n");
		else if (mark == 6)
			buf_adds(out, " \\\"quoted\\\"");
		else if (mark == 7)
			buf_addf(out, " %u", below(100000));
	}
}

static void add_line(struct buf *out, uint64_t number, bool needle)
{
	bool foreign = number % 7 == 0;
	buf_addf(out, "{\"id\": \"pair-%08llu\", \"instruction\": \"", (unsigned long long)number);
	buf_adds(out, tasks[below(COUNT(tasks))]);
	buf_addc(out, ' ');
	add_words(out, 6 + below(18), foreign);
	buf_adds(out, "\", \"input\": \"");
	if (below(3) == 0)
		add_words(out, 10 + below(40), foreign);
	buf_adds(out, "\", \"output\": \"");
	uint32_t length = 40 + below(90);
	if (below(50) == 0)
		length *= 6;
	add_words(out, length, foreign);
	if (needle)
		buf_adds(out, " quicksilver-needle");
	buf_addf(out, "\", \"score\": 0.%04u, \"lang\": \"%s\", \"source\": \"%s\", \"meta\": {\"tokens\": %u, \"shard\": %u}}\n", below(10000),
		 foreign ? "zh" : "en", sources[below(COUNT(sources))], length, (unsigned)(number / 10000));
}

int main(int argc, char **argv)
{
	unsigned long long lines = argc == 3 ? strtoull(argv[1], NULL, 10) : 0;
	if (!lines) {
		fprintf(stderr, "usage: gen LINES FILE\n");
		return 2;
	}
	FILE *file = fopen(argv[2], "w");
	if (!file) {
		fprintf(stderr, "%s: %s\n", argv[2], strerror(errno));
		return 1;
	}
	struct buf out = BUF_INIT;
	for (uint64_t i = 0; i < lines; i++) {
		state = i * 0x2545f4914f6cdd1du + 42; /* a line depends on its number alone */
		add_line(&out, i, i == lines - lines / 200 - 1);
		if (out.len > 1u << 20) {
			fwrite(out.p, 1, out.len, file);
			buf_clear(&out);
		}
	}
	fwrite(out.p, 1, out.len, file);
	buf_free(&out);
	if (ferror(file) | fclose(file)) {
		fprintf(stderr, "%s: can't be written\n", argv[2]);
		return 1;
	}
	return 0;
}
