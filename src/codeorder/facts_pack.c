/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Facts as bytes: little-endian numbers, lengths before strings.  Reading trusts nothing. */
#include "codeorder/extract.h"

static void put_number(struct buf *out, uint64_t n)
{
	while (n >= 0x80) {
		buf_addc(out, (char)(n | 0x80));
		n >>= 7;
	}
	buf_addc(out, (char)n);
}

static void put_text(struct buf *out, struct span text)
{
	put_number(out, text.len);
	buf_addspan(out, text);
}

static bool get_number(struct span *in, uint64_t *n)
{
	*n = 0;
	for (unsigned shift = 0; in->len && shift < 64; shift += 7) {
		uint8_t byte = (uint8_t)in->p[0];

		in->p++;
		in->len--;
		*n |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return true;
	}
	return false;
}

static bool get_text(struct span *in, struct span *text)
{
	uint64_t n;

	if (!get_number(in, &n) || n > in->len)
		return false;
	*text = span_make(in->p, (size_t)n);
	in->p += n;
	in->len -= (size_t)n;
	return true;
}

static uint64_t rule_number(const struct code_facts *facts, const struct code_rule *rule)
{
	return (uint64_t)(rule - facts->language->rules.v);
}

void code_facts_pack(struct buf *out, const struct code_facts *facts)
{
	put_text(out, span_of(facts->language ? facts->language->name : ""));
	put_number(out, (uint64_t)facts->role);
	put_text(out, span_of(facts->reason));
	put_number(out, facts->bytes);
	buf_add(out, facts->content.b, sizeof facts->content.b);
	put_number(out, facts->lines);
	put_number(out, facts->sentinel);
	put_number(out, facts->references.n);
	vec_each(&facts->references, i) {
		const struct code_reference *ref = &facts->references.v[i];

		put_number(out, rule_number(facts, ref->rule));
		put_number(out, ref->edge);
		put_number(out, ref->line);
		put_text(out, ref->path);
		put_text(out, ref->names);
		put_text(out, ref->alias);
	}
	put_number(out, facts->declarations.n);
	vec_each(&facts->declarations, i) {
		put_number(out, rule_number(facts, facts->declarations.v[i].rule));
		put_number(out, facts->declarations.v[i].line);
		put_text(out, facts->declarations.v[i].name);
	}
	put_number(out, facts->words.n);
	buf_add(out, facts->words.v, facts->words.n * sizeof *facts->words.v);
}

static const struct code_rule *get_rule(const struct code_facts *facts, struct span *in)
{
	uint64_t n;

	if (!facts->language || !get_number(in, &n) || n >= facts->language->rules.n)
		return NULL;
	return &facts->language->rules.v[n];
}

static bool get_references(struct code_facts *out, struct span *in)
{
	uint64_t n, edge, line;

	if (!get_number(in, &n))
		return false;
	while (n--) {
		struct code_reference ref = { .rule = get_rule(out, in) };

		if (!ref.rule || !get_number(in, &edge) || edge >= EDGE_KINDS || !get_number(in, &line) || !get_text(in, &ref.path) ||
		    !get_text(in, &ref.names) || !get_text(in, &ref.alias))
			return false;
		ref.edge = (enum code_edge)edge;
		ref.line = (uint32_t)line;
		vec_push(&out->references, ref);
	}
	return true;
}

static bool get_declarations(struct code_facts *out, struct span *in)
{
	uint64_t n, line;

	if (!get_number(in, &n))
		return false;
	while (n--) {
		struct code_declaration d = { .rule = get_rule(out, in) };

		if (!d.rule || !get_number(in, &line) || !get_text(in, &d.name))
			return false;
		d.line = (uint32_t)line;
		vec_push(&out->declarations, d);
	}
	return true;
}

static bool get_words(struct code_facts *out, struct span *in)
{
	uint64_t n;

	if (!get_number(in, &n) || n > in->len / sizeof *out->words.v)
		return false;
	vec_reserve(&out->words, n);
	if (n)
		memcpy(out->words.v, in->p, n * sizeof *out->words.v);
	out->words.n = n;
	in->p += n * sizeof *out->words.v;
	in->len -= n * sizeof *out->words.v;
	return true;
}

static bool get_head(struct code_facts *out, const struct languages *all, struct span *in)
{
	struct span language, reason;
	uint64_t role, lines, sentinel;
	char name[sizeof out->language->name];

	if (!get_text(in, &language) || language.len >= sizeof name || !get_number(in, &role) || role >= CODE_ROLES ||
	    !get_text(in, &reason) || reason.len >= sizeof out->reason || !get_number(in, &out->bytes) ||
	    in->len < sizeof out->content.b)
		return false;
	memcpy(name, language.p, language.len);
	name[language.len] = '\0';
	out->language = language.len ? languages_named(all, name) : NULL;
	out->role = (enum code_role)role;
	memcpy(out->reason, reason.p, reason.len);
	memcpy(out->content.b, in->p, sizeof out->content.b);
	in->p += sizeof out->content.b;
	in->len -= sizeof out->content.b;
	if (!get_number(in, &lines) || !get_number(in, &sentinel))
		return false;
	out->lines = (uint32_t)lines;
	out->sentinel = sentinel != 0;
	return language.len == 0 || out->language != NULL;
}

bool code_facts_unpack(struct code_facts *out, const struct languages *all, struct span *in)
{
	*out = (struct code_facts){ 0 };
	if (get_head(out, all, in) && get_references(out, in) && get_declarations(out, in) && get_words(out, in))
		return true;
	code_facts_free(out);
	return false;
}
