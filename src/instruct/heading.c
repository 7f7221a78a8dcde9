/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "instruct/heading.h"

#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

#include "base/utf8.h"

#define WORDS_MOST 160 /* characters of a heading that can stand in a sentence */
#define TEXT_LOOKED 20000u /* bytes of the text that are asked about the case of words */

static bool starts_as(struct span text, const char *start)
{
	return text.len >= strlen(start) && strncasecmp(text.p, start, strlen(start)) == 0;
}

static struct span from(struct span text, size_t i)
{
	return span_make(text.p + i, text.len - i);
}

/* As span_trim, no-break spaces too. */
static struct span trim(struct span text)
{
	struct span before;

	do {
		before = text = span_trim(text);
		while (span_starts(text, "\xc2\xa0"))
			text = from(text, 2);
		while (span_ends(text, "\xc2\xa0"))
			text.len -= 2;
	} while (text.len != before.len);
	return text;
}

/* ---- numbers before it ---- */

/* Bytes of "1.2.", "B.2", "IV.", "3)" and the space after; 0 when there is none. */
static size_t number_len(struct span t)
{
	size_t i = 0, digits = 0;

	if (t.len > 2 && isupper((unsigned char)t.p[0]) && t.p[1] == '.' && (isdigit((unsigned char)t.p[2]) || t.p[2] == ' '))
		i = 2;
	while (i < t.len && (isdigit((unsigned char)t.p[i]) || strchr(".)-", t.p[i]))) {
		digits += isdigit((unsigned char)t.p[i]) != 0;
		i++;
	}
	if (i == 0 || (digits == 0 && i < 2))
		return 0;
	if (i < t.len && (t.p[i] == ':' || t.p[i] == ' '))
		return i + 1;
	return span_starts(from(t, i), "\xc2\xa0") ? i + 2 : span_starts(from(t, i), "、") || span_starts(from(t, i), "　") ? i + 3 : 0;
}

/* "第 3 章", "第8.2节" */
static size_t chinese_number_len(struct span t)
{
	static const char *const units[] = { "章", "节", "部分", "篇", "回", "课", NULL };

	if (!span_starts(t, "第"))
		return 0;
	for (const char *const *unit = units; *unit; unit++) {
		const char *at = memmem(t.p, t.len < 24 ? t.len : 24, *unit, strlen(*unit));

		if (at)
			return (size_t)(at - t.p) + strlen(*unit);
	}
	return 0;
}

struct span heading_bare(struct span header)
{
	static const char *const words[] = { "chapter ", "section ", "appendix ", "part ", "chapter\xc2\xa0", "section\xc2\xa0", "appendix\xc2\xa0", "§ " };
	size_t n;

	header = trim(header);
	for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
		struct span rest = starts_as(header, words[k]) ? from(header, strlen(words[k])) : span_make("", 0);

		n = number_len(rest);
		if (n == 0 && rest.len > 2 && isalnum((unsigned char)rest.p[0]) && strchr(".:", rest.p[1]))
			n = 2;
		if (n)
			header = trim(from(rest, n));
	}
	n = number_len(header);
	if (n == 0)
		n = chinese_number_len(header);
	header = trim(from(header, n));
	while (span_ends(header, ".") && !span_ends(header, "etc."))
		header.len--;
	while (header.len && (span_ends(header, "¶") || span_ends(header, "§") || span_ends(header, "#") || span_ends(header, ":") || span_ends(header, "：")))
		header.len -= span_ends(header, "：") ? 3 : span_ends(header, "¶") || span_ends(header, "§") ? 2 : 1;
	return trim(header);
}

bool heading_is_chinese(struct span header)
{
	for (size_t i = 0; i + 2 < header.len; i++)
		if ((unsigned char)header.p[i] >= 0xe4 && (unsigned char)header.p[i] <= 0xe9 && ((unsigned char)header.p[i + 1] & 0xc0) == 0x80)
			return true;
	return false;
}

/* ---- the case of words ---- */

static bool is_word_byte(char c)
{
	return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

enum standing { BEGINS_A_WORD, IS_A_WORD, IS_INSIDE_A_SENTENCE };

static bool stands_in(struct span text, struct span word, enum standing how)
{
	for (size_t i = 0; i + word.len <= text.len; i++) {
		const char *at = memmem(text.p + i, text.len - i, word.p, word.len);
		size_t k;

		if (at == NULL)
			return false;
		i = (size_t)(at - text.p);
		if ((i && is_word_byte(text.p[i - 1])) || (how != BEGINS_A_WORD && i + word.len < text.len && is_word_byte(text.p[i + word.len])))
			continue;
		for (k = i; k > 0 && strchr(" \t\"'(`*-", text.p[k - 1]);)
			k--;
		if (how != IS_INSIDE_A_SENTENCE || (k > 0 && !strchr(".!?:\n", text.p[k - 1])))
			return true;
	}
	return false;
}

/* "Kernel", not "SSH", "IPv6", "Linux-Kernel": one capital, at the start. */
static bool is_capitalised(struct span word)
{
	if (word.len < 2 || !isupper((unsigned char)word.p[0]))
		return word.len == 1 && word.p[0] == 'A';
	for (size_t i = 1; i < word.len; i++)
		if (!islower((unsigned char)word.p[i]) && word.p[i] != '\'')
			return false;
	return true;
}

static bool is_small_word(struct span word)
{
	static const char *const words[] = { "a", "an", "the", "of", "in", "on", "for", "to", "and", "or", "with", "from", "by", "as", "at", "your",
					     "you", "is", "are", "not", "using", "via", "into", "its", "it", "this", "that", "more", "other", NULL };

	for (const char *const *w = words; *w; w++)
		if (word.len == strlen(*w) && strncasecmp(word.p, *w, word.len) == 0)
			return true;
	return false;
}

/* Does the heading write common words with capitals, as titles do? */
static bool is_title_case(struct span header)
{
	size_t capitals = 0, small = 0, n = 0;

	for (size_t i = 0, end; i < header.len; i = end + 1) {
		struct span word;

		for (end = i; end < header.len && is_word_byte(header.p[end]);)
			end++;
		word = span_make(header.p + i, end - i);
		if (word.len < 2 || is_small_word(word) || !isalpha((unsigned char)word.p[0]) || n++ == 0)
			continue;
		capitals += isupper((unsigned char)word.p[0]) != 0;
		small += islower((unsigned char)word.p[0]) != 0;
	}
	return capitals > small;
}

/* "THE AWK LANGUAGE": no small letter, and more than one word or one too long for an abbreviation. */
static bool is_all_capitals(struct span header)
{
	size_t letters = 0, words = 1;

	for (size_t i = 0; i < header.len; i++) {
		if (islower((unsigned char)header.p[i]) || (unsigned char)header.p[i] >= 0x80 || isdigit((unsigned char)header.p[i]))
			return false;
		letters += isupper((unsigned char)header.p[i]) != 0;
		words += header.p[i] == ' ';
	}
	return letters && (words > 1 || letters > 6);
}

static bool keeps_capital(struct span word, struct span text, bool title)
{
	char small[64];

	if (!is_capitalised(word) || word.len > sizeof small)
		return true;
	if (is_small_word(word))
		return false;
	memcpy(small, word.p, word.len);
	small[0] = (char)tolower((unsigned char)small[0]);
	if (stands_in(text, span_make(small, word.len), BEGINS_A_WORD))
		return false;
	return stands_in(text, word, IS_INSIDE_A_SENTENCE) || !title;
}

/* The words of a heading in the text's own case. */
static void add_in_case(struct buf *out, struct span header, struct span text)
{
	bool title = is_title_case(header), capitals = is_all_capitals(header), first = true, small = false;

	if (text.len > TEXT_LOOKED)
		text.len = TEXT_LOOKED;
	if (heading_is_chinese(header)) {
		buf_addspan(out, header);
		return;
	}
	for (size_t i = 0, end; i < header.len; i = end) {
		struct span word;

		for (end = i; end < header.len && is_word_byte(header.p[end]);)
			end++;
		word = span_make(header.p + i, end - i);
		if (word.len == 0) {
			buf_addc(out, header.p[end++]);
			continue;
		}
		buf_addspan(out, word);
		/* Of a heading like a sentence the first word alone has a capital that may be the sentence's; "Real-Time" is one word. */
		small = (small && i && header.p[i - 1] == '-' && is_capitalised(word)) || !keeps_capital(word, text, title || first);
		if (small)
			out->p[out->len - word.len] = (char)tolower((unsigned char)word.p[0]);
		for (size_t k = 0; capitals && k < word.len; k++)
			out->p[out->len - word.len + k] = (char)tolower((unsigned char)word.p[k]);
		first = false;
	}
}

/* ---- what it asks ---- */

static bool is_any(struct span header, const char *const *names)
{
	for (; *names; names++)
		if (header.len == strlen(*names) && strncasecmp(header.p, *names, header.len) == 0)
			return true;
	return false;
}

/* Says what part of a document it is, not what that is about. */
static bool is_opening(struct span header)
{
	static const char *const names[] = { "introduction", "overview", "description", "notes", "note", "background", "details", "summary",
					     "usage", "about", "general", "preface", "foreword", "name", "synopsis", "see also", "abstract", "example",
					     "examples", "preliminaries", "motivation", "conclusion", "conclusions", "basics", "the basics",
					     "miscellaneous", "miscellanea", "options", "commands", "tools", "primer", "tutorial", "files",
					     "notes and caveats", "caveats", "bugs", "limitations", "prerequisites", "requirements", "odds and ends", "discussion", "further reading", "remarks",
					     "简介", "概述", "说明", "介绍", "总结", "前言", "背景", "引言", "概论", "示例", "例子", "小结", NULL };

	return is_any(header, names);
}

/* Verbs a heading can begin with as an instruction. */
static const char *const verbs[] = { "add", "adjust", "allow", "apply", "avoid", "back", "boot", "browse", "build", "call", "change", "check",
				     "choose", "clean", "clear", "clone", "combine", "compare", "compile", "compute", "configure", "connect", "consider",
				     "control", "convert", "copy", "create", "customize", "debug", "declare", "define", "delete", "deploy",
				     "determine", "disable", "display", "download", "edit", "enable", "encrypt", "ensure", "enter", "execute",
				     "export", "extend", "extract", "fetch", "find", "fix", "format", "generate", "get", "handle", "hide",
				     "import", "improve", "include", "inspect", "install", "join", "keep", "launch", "learn", "list", "load",
				     "locate", "log", "make", "manage", "measure", "merge", "migrate", "modify", "monitor", "mount", "move",
				     "open", "optimize", "organize", "parse", "pass", "perform", "plan", "prepare", "prevent", "print",
				     "profile", "protect", "provide", "publish", "read", "rebuild", "recover", "reduce", "register", "remove",
				     "rename", "repair", "replace", "reset", "resolve", "restart", "restore", "retrieve", "return", "run",
				     "save", "search", "secure", "select", "send", "set", "setup", "share", "show", "sort", "specify", "split",
				     "start", "stop", "store", "submit", "switch", "synchronize", "test", "track", "transfer", "translate",
				     "troubleshoot", "try", "tune", "uninstall", "unpack", "update", "upgrade", "upload", "use", "validate", "verify",
				     "view", "write", NULL };

static const char *const chinese_verbs[] = { "安装", "配置", "使用", "创建", "设置", "编译", "管理", "升级", "删除", "添加", "修改", "更新", "构建", "备份",
					     "恢复", "启动", "检查", "查找", "选择", "运行", "编写", "生成", "获取", "下载", "连接", "测试", "调试", "优化",
					     "部署", "迁移", "导入", "导出", "启用", "禁用", "定义", "打开", "打包", "移除", "卸载", "重建", "理解", "避免", NULL };

static size_t first_word(struct span header)
{
	size_t n = 0;

	while (n < header.len && isalpha((unsigned char)header.p[n]))
		n++;
	return n;
}

/* The verb of "installing": install; "running": run; "configuring": configure.  `text` decides where the spelling does not. */
static void add_base_form(struct buf *out, struct span gerund, struct span text)
{
	static const char *const silent[] = { "at", "iz", "bl", "pl", "us", "os", "ov", "iv", "av", "rv", "lv", "uc", "rc", "nc", "dg", "ut", "ys",
					      "ur", "as", "vid", "cid", "fin", "bin", "mak", "tak", "vok", "nam", "typ", "quir", "let", "har",
					      "par", "cod", "lud", "ag", "arg", "ang", "rit", "cit", "yz", NULL };
	char word[64];
	size_t n = gerund.len - 3;
	bool e = false;

	if (n + 2 > sizeof word)
		n = sizeof word - 2;
	for (size_t i = 0; i < n; i++)
		word[i] = (char)tolower((unsigned char)gerund.p[i]);
	word[n] = 'e';
	if (n >= 3 && word[n - 1] == word[n - 2] && !strchr("lsfzeo", word[n - 1])) {
		buf_add(out, word, n - 1);
		return;
	}
	if (!is_any(span_make(word, n), verbs)) {
		bool plain = stands_in(text, span_make(word, n), IS_A_WORD), with_e = stands_in(text, span_make(word, n + 1), IS_A_WORD);

		e = with_e || is_any(span_make(word, n + 1), verbs);
		for (const char *const *end = silent; !plain && !e && *end; end++)
			e = span_ends(span_make(word, n), *end);
	}
	buf_add(out, word, n + e);
}

static bool is_gerund(struct span header, size_t n)
{
	static const char *const nouns[] = { "during", "string", "warning", "following", "existing", "nothing", "something", "anything", "everything",
					     "meaning", "being", "king", "spring", "missing", "remaining", "outstanding", "interesting", "according",
					     "regarding", "building", "setting", "networking", "scheduling", "licensing", "pending", NULL };

	return n >= 5 && n < header.len && header.p[n] == ' ' && strncasecmp(header.p + n - 3, "ing", 3) == 0 &&
	       (!is_any(span_make(header.p, n), nouns) || starts_as(from(header, n), " a ") || starts_as(from(header, n), " the ") ||
		starts_as(from(header, n), " up "));
}

static const char *const chinese_how[] = { "如何", "怎样", "怎么", NULL };
/* "管理员", "编译器": the verb is part of a noun. */
static const char *const no_object[] = { "员", "器", "者", "的", "于", "表", "性", "型", "量", "率", "工具", "文件", "系统", NULL };

static bool starts_any(struct span text, const char *const *list)
{
	for (; *list; list++)
		if (span_starts(text, *list))
			return true;
	return false;
}

/* What follows the verb, a second gerund after "and" like the first. */
static void add_action_rest(struct buf *out, struct span rest, struct span text)
{
	static const char and[] = " and ";
	const char *at = memmem(rest.p, rest.len, and, sizeof and - 1);
	struct span second = at ? from(rest, (size_t)(at - rest.p) + sizeof and - 1) : span_make("", 0);
	size_t n = first_word(second);

	if (n < 6 || strncasecmp(second.p + n - 3, "ing", 3) != 0) {
		add_in_case(out, rest, text);
		return;
	}
	add_in_case(out, span_make(rest.p, (size_t)(at - rest.p)), text);
	buf_adds(out, and);
	add_base_form(out, span_make(second.p, n), text);
	add_in_case(out, from(second, n), text);
}

/* The action the heading names into out->action; false when it names none. */
static bool read_action(struct heading *out, struct span header, struct span text)
{
	size_t n = first_word(header);
	struct span rest;

	for (const char *const *how = chinese_how; *how; how++)
		if (span_starts(header, *how) && header.len > strlen(*how)) {
			buf_addspan(&out->action, trim(from(header, strlen(*how))));
			return true;
		}
	for (const char *const *v = chinese_verbs; *v; v++)
		if (span_starts(header, *v) && header.len > strlen(*v) && !starts_any(from(header, strlen(*v)), no_object)) {
			buf_addspan(&out->action, header);
			return true;
		}
	if (starts_as(header, "how to ") || starts_as(header, "howto ")) {
		add_in_case(&out->action, trim(from(header, starts_as(header, "how to ") ? 7 : 6)), text);
		return true;
	}
	rest = from(header, n);
	if (n == header.len && n >= 6 && span_ends(header, "ing")) {
		add_base_form(&out->action, header, text); /* "Installing": of what the heading above says */
		return true;
	}
	if (is_gerund(header, n))
		add_base_form(&out->action, span_make(header.p, n), text);
	else if (n && rest.len && rest.p[0] == ' ' && !starts_as(rest, " of ") && is_any(span_make(header.p, n), verbs) && (!is_title_case(header) || starts_as(rest, " the ") ||
		 starts_as(rest, " a ") || starts_as(rest, " your ")))
		for (size_t i = 0; i < n; i++)
			buf_addc(&out->action, (char)tolower((unsigned char)header.p[i]));
	else
		return false;
	add_action_rest(&out->action, rest, text);
	return true;
}

/* Splits `pair` at `mark`; true when both sides say something. */
static bool split_at(struct heading *out, struct span pair, const char *mark, struct span text)
{
	const char *at = memmem(pair.p, pair.len, mark, strlen(mark));
	struct span a, b;

	if (at == NULL)
		return false;
	a = trim(span_make(pair.p, (size_t)(at - pair.p)));
	b = trim(from(pair, (size_t)(at - pair.p) + strlen(mark)));
	if (a.len < 1 || b.len < 1)
		return false;
	add_in_case(&out->first, a, text);
	add_in_case(&out->second, b, text);
	return true;
}

static bool read_comparison(struct heading *out, struct span header, struct span text)
{
	static const char *const marks[] = { " vs. ", " vs ", " versus ", " VS ", NULL };
	static const char *const starts[] = { "difference between ", "differences between ", "the difference between ",
					      "comparison of ", "comparison between ", "comparing ", NULL };

	for (const char *const *mark = marks; *mark; mark++)
		if (split_at(out, starts_as(header, "when to use ") ? from(header, strlen("when to use ")) : header, *mark, text))
			return true;
	for (const char *const *start = starts; *start; start++)
		if (starts_as(header, *start) && split_at(out, from(header, strlen(*start)), " and ", text))
			return true;
	if (span_ends(header, "的区别") || span_ends(header, "的比较") || span_ends(header, "比较")) {
		struct span pair = span_make(header.p, header.len - (span_ends(header, "的区别") || span_ends(header, "的比较") ? 9 : 6));

		if (!split_at(out, pair, "与", text))
			split_at(out, pair, "和", text);
		return true;
	}
	return starts_as(header, "difference") || starts_as(header, "comparison") || starts_as(header, "比较");
}

/* "More on X", "A note on X", "Introduction to X", "X HOWTO": about X. */
static struct span without_approach(struct span header)
{
	static const char *const approaches[] = { "more on ", "more about ", "more ", "a note on ", "notes on ", "a note about ", "about ", "a word on ",
						  "introduction to ", "an introduction to ", "a brief introduction to ", "an informal introduction to ",
						  "overview of ", "an overview of ", "a brief tour of ", "brief tour of ", "关于", NULL };
	static const char *const forms[] = { " howto guide", " howto", " how to", " example", " examples", " tutorial", " guide", " manual", " faq", " primer", " overview", NULL };

	for (const char *const *a = approaches; *a; a++)
		if (starts_as(header, *a) && header.len > strlen(*a) + 2)
			header = trim(from(header, strlen(*a)));
	for (const char *const *f = forms; *f; f++)
		if (header.len > strlen(*f) + 2 && strncasecmp(header.p + header.len - strlen(*f), *f, strlen(*f)) == 0)
			header.len -= strlen(*f);
	return header;
}

static void clear(struct buf *b)
{
	if (b->p == NULL)
		buf_init(b);
	buf_clear(b);
}

void heading_read(struct heading *out, struct span header, struct span text)
{
	struct span bare = heading_bare(header);

	clear(&out->words);
	clear(&out->action);
	clear(&out->first);
	clear(&out->second);
	out->kind = HEADING_NOTHING;
	if (bare.len == 0 || utf8_count(bare) > WORDS_MOST)
		return;
	if (span_ends(bare, "?") || span_ends(bare, "？")) {
		buf_addspan(&out->words, bare);
		out->kind = HEADING_QUESTION;
		return;
	}
	if (is_opening(bare)) {
		out->kind = HEADING_OPENING;
		return;
	}
	bare = without_approach(bare);
	add_in_case(&out->words, bare, text);
	out->kind = read_comparison(out, bare, text) ? HEADING_COMPARISON : read_action(out, bare, text) ? HEADING_ACTION : HEADING_TOPIC;
}

void heading_free(struct heading *h)
{
	struct buf *const all[] = { &h->words, &h->action, &h->first, &h->second };

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (all[i]->p)
			buf_free(all[i]);
}
