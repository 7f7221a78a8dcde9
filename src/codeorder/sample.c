/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Samples as text: DeepSeek-Coder's path comments, StarCoder2's and Qwen2.5-Coder's sentinels, JSON Lines. */
#include "codeorder/sample.h"

#include "base/hash.h"
#include "base/i18n.h"
#include "base/json.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

static const char *const sentinels[] = {
	"<|file_sep|>", "<|repo_name|>", "<file_sep>", "<repo_name>", "<|endoftext|>", "<|fim_prefix|>", "<|fim_suffix|>",
	"<|fim_middle|>", "<fim_prefix>",
};

int code_format_from_name(enum code_format *out, struct span name)
{
	static const char *const names[] = { "deepseek", "starcoder2", "qwen2.5", "jsonl" };

	for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
		if (!span_is(name, names[i]))
			continue;
		*out = (enum code_format)i;
		return 0;
	}
	return TAMIS_EUSAGE;
}

static bool metadata_on(const struct code_writing *how)
{
	struct sha256 *s;
	char hex[65];

	if (how->metadata >= 0)
		return how->metadata;
	s = sha256_begin();
	sha256_add(s, how->repository, strlen(how->repository));
	sha256_end_hex(s, hex);
	sha256_free(s);
	return strchr("02468ace", hex[63]) != NULL;
}

/* A sentinel written literally in a file would end the file for the trainer's tokenizer: a space after its first byte keeps it
 * readable and harmless. */
static void put_escaped(struct buf *out, struct span text)
{
	for (size_t at = 0; at < text.len;) {
		const char *open = memchr(text.p + at, '<', text.len - at);
		size_t to = open ? (size_t)(open - text.p) : text.len;

		buf_add(out, text.p + at, to - at);
		at = to;
		if (!open)
			break;
		buf_addc(out, '<');
		at++;
		for (size_t i = 0; i < sizeof sentinels / sizeof *sentinels; i++)
			if (span_starts(span_make(open, text.len - to), sentinels[i])) {
				buf_addc(out, ' ');
				break;
			}
	}
}

static void put_body(struct buf *out, struct span text, bool escape)
{
	if (span_starts(text, BYTE_ORDER_MARK))
		text = span_make(text.p + 3, text.len - 3);
	if (escape)
		put_escaped(out, text);
	else
		buf_addspan(out, text);
	if (out->len == 0 || out->p[out->len - 1] != '\n')
		buf_addc(out, '\n');
}

static void put_path_comment(struct buf *out, const struct code_file *file, const struct code_part *part)
{
	const struct language *l = file->facts.language;
	const char *prefix = l && *l->comment_prefix ? l->comment_prefix : "#";

	buf_addf(out, "%s%.*s", prefix, (int)file->path.len, file->path.p);
	if (part->parts > 1)
		buf_addf(out, " (part %u/%u)", part->part, part->parts);
	if (l && *l->comment_suffix)
		buf_addf(out, " %s", l->comment_suffix);
	buf_addc(out, '\n');
}

/* The comment may not stand before a shebang, an XML or a PHP opening: those lines go first. */
static struct span put_first_line(struct buf *out, struct span text)
{
	struct span rest = text;

	if (!span_starts(text, "#!") && !span_starts(text, "<?"))
		return text;
	buf_addspan(out, span_line(&rest));
	buf_addc(out, '\n');
	return rest;
}

static void put_deepseek(struct buf *out, const struct code_file *file, const struct code_part *part, struct span text)
{
	struct span rest = part->begin == 0 ? put_first_line(out, text) : text;

	put_path_comment(out, file, part);
	put_body(out, rest, true);
}

static void put_sentinel(struct buf *out, const char *separator, bool path, const struct code_file *file, const struct code_part *part,
			 struct span text)
{
	buf_adds(out, separator);
	if (path) {
		buf_addspan(out, file->path);
		if (part->parts > 1)
			buf_addf(out, " (part %u/%u)", part->part, part->parts);
		buf_addc(out, '\n');
	}
	put_body(out, text, true);
}

static void put_json_file(struct buf *out, bool first, const struct code_file *file, const struct code_part *part, struct span text,
			  double tokens)
{
	char hex[65];
	struct sha256 *s = sha256_begin();

	sha256_add(s, text.p, text.len);
	sha256_end_hex(s, hex);
	sha256_free(s);
	if (!first)
		buf_addc(out, ',');
	buf_addc(out, '{');
	json_put_member(out, "path", file->path);
	json_put_member(out, "language", span_of(file->facts.language ? file->facts.language->name : ""));
	json_put_member(out, "role", span_of(part->context ? "context" : code_role_name(file->facts.role)));
	json_put_member(out, "sha256", span_make(hex, 64));
	json_put_int(out, "bytes", (int64_t)text.len);
	json_put_int(out, "tokens", (int64_t)(tokens + 0.5));
	json_put_int(out, "part", part->part);
	json_put_int(out, "parts", part->parts);
	buf_addc(out, '}');
}

static bool refused(const struct code_writing *how, const struct code_file *file)
{
	return how->refuse_sentinels && file->facts.sentinel && how->format != CODE_JSONL;
}

static void begin_sample(struct buf *out, const struct code_writing *how, bool metadata)
{
	if (how->format == CODE_STARCODER2 && metadata)
		buf_addf(out, "<repo_name>%s", how->repository);
	else if (how->format == CODE_QWEN25)
		buf_addf(out, "<|repo_name|>%s\n", how->repository);
}

static void put_part(struct buf *out, const struct code_writing *how, bool metadata, const struct code_file *file,
		     const struct code_part *part, struct span text)
{
	switch (how->format) {
	case CODE_STARCODER2: put_sentinel(out, "<file_sep>", metadata, file, part, text); break;
	case CODE_QWEN25: put_sentinel(out, "<|file_sep|>", true, file, part, text); break;
	default: put_deepseek(out, file, part, text); break;
	}
}

int code_write_window(struct buf *out, const struct code_writing *how, const struct code_repo *repo, const struct code_windows *w,
		      uint32_t window, code_load load, void *ctx, struct file_list *refusals, struct error *err)
{
	struct buf text = BUF_INIT, files = BUF_INIT, sample = BUF_INIT;
	bool metadata = metadata_on(how), json = how->format == CODE_JSONL;
	int rc = 0;

	begin_sample(out, how, metadata);
	vec_each(&w->parts, i) {
		const struct code_part *part = &w->parts.v[i];
		const struct code_file *file = &repo->files.v[part->file];
		struct span body;

		if (part->window != window)
			continue;
		if (refused(how, file)) {
			vec_push(refusals, part->file);
			continue;
		}
		buf_clear(&text);
		rc = load(ctx, part->file, &text, err);
		if (rc)
			break;
		body = span_make(text.p + (part->begin < text.len ? part->begin : text.len), 0);
		body.len = (part->end < text.len ? part->end : text.len) - (size_t)(body.p - text.p);
		if (json)
			put_json_file(&files, files.len == 0, file, part, body, (double)body.len / 3.5);
		put_part(json ? &sample : out, how, metadata, file, part, body);
	}
	if (rc == 0 && json) {
		buf_addc(out, '{');
		json_put_member(out, "repo", span_of(how->repository));
		json_put_key(out, "files");
		buf_addf(out, "[%s]", files.p);
		json_put_member(out, "text", buf_span(&sample));
		buf_adds(out, "}\n");
	} else if (rc == 0 && (how->format == CODE_STARCODER2 || how->format == CODE_QWEN25)) {
		buf_adds(out, "<|endoftext|>\n");
	}
	buf_free(&text);
	buf_free(&files);
	buf_free(&sample);
	return rc;
}
