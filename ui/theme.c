/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading themes, and bringing their colours down to what a terminal has. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/data.h"
#include "base/fs.h"
#include "base/i18n.h"
#include "ui/theme.h"

#define THEME_LIMIT 65536

static const struct {
	const char *name;
	unsigned bit;
} attributes[] = {
	{ "bold", LOOK_BOLD },           { "dim", LOOK_DIM },         { "italic", LOOK_ITALIC },
	{ "underline", LOOK_UNDERLINE }, { "reverse", LOOK_REVERSE },
};

static const char *const colour_names[] = { "black", "red", "green", "yellow", "blue", "magenta", "cyan", "white" };

/* What is left when there is no colour: also where every theme starts from. */
static const struct {
	enum style style;
	unsigned attributes;
} mono[] = {
	{ STYLE_DIM, LOOK_DIM },          { STYLE_STRONG, LOOK_BOLD },     { STYLE_HEADING, LOOK_BOLD },
	{ STYLE_LABEL, LOOK_DIM },        { STYLE_TOKEN, LOOK_REVERSE },   { STYLE_LINK, LOOK_UNDERLINE },
	{ STYLE_ADDED, LOOK_UNDERLINE },  { STYLE_REMOVED, LOOK_DIM },     { STYLE_CHANGED, LOOK_UNDERLINE },
	{ STYLE_WARNING, LOOK_BOLD },     { STYLE_MATCH, LOOK_REVERSE },   { STYLE_ACCEPT, LOOK_BOLD },
	{ STYLE_REJECT, LOOK_BOLD },      { STYLE_SKIP, LOOK_DIM },        { STYLE_FLAG, LOOK_BOLD | LOOK_UNDERLINE },
	{ STYLE_PENDING, LOOK_DIM },      { STYLE_TITLE, LOOK_REVERSE },   { STYLE_STATUS, LOOK_REVERSE },
	{ STYLE_CURSOR, LOOK_REVERSE },   { STYLE_MARKED, LOOK_UNDERLINE },{ STYLE_PROMPT, LOOK_BOLD },
	{ STYLE_ERROR, LOOK_BOLD | LOOK_REVERSE },                         { STYLE_WORD1, LOOK_UNDERLINE },
};

void theme_mono(struct theme *t)
{
	snprintf(t->name, sizeof t->name, "mono");
	for (int i = 0; i < STYLE_COUNT; i++)
		t->look[i] = (struct look){ COLOUR_NONE, COLOUR_NONE, 0 };
	for (size_t i = 0; i < sizeof mono / sizeof *mono; i++)
		t->look[mono[i].style].attributes = mono[i].attributes;
}

static struct span next_word(struct span *rest)
{
	size_t i = 0;
	struct span word;

	*rest = span_trim(*rest);
	while (i < rest->len && rest->p[i] != ' ' && rest->p[i] != '\t')
		i++;
	word = span_make(rest->p, i);
	*rest = span_make(rest->p + i, rest->len - i);
	return word;
}

static bool parse_colour(struct span word, int32_t *out)
{
	char text[8] = "";
	char *end;
	long value;

	if (span_is(word, "default")) {
		*out = COLOUR_NONE;
		return true;
	}
	for (int i = 0; i < 16; i++) {
		bool bright = i >= 8 && span_starts(word, "bright-");
		struct span name = bright ? span_make(word.p + 7, word.len - 7) : word;

		if ((i < 8 || bright) && span_is(name, colour_names[i % 8])) {
			*out = i;
			return true;
		}
	}
	if (word.len == 0 || word.len > 7)
		return false;
	memcpy(text, word.p, word.len);
	if (text[0] == '#' && word.len == 7) {
		value = strtol(text + 1, &end, 16);
		*out = COLOUR_RGB + (int32_t)value;
		return *end == '\0';
	}
	value = strtol(text, &end, 10);
	*out = (int32_t)value;
	return text[0] >= '0' && text[0] <= '9' && *end == '\0' && value <= 255;
}

static unsigned parse_attribute(struct span word)
{
	for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++)
		if (span_is(word, attributes[i].name))
			return attributes[i].bit;
	return 0;
}

static const char *parse_line(struct theme *t, struct span line)
{
	struct look look = { COLOUR_NONE, COLOUR_NONE, 0 };
	struct span word = next_word(&line);
	int colours = 0;
	int style = 0;

	if (word.len == 0 || (word.p[0] == '#'))
		return NULL;
	while (style < STYLE_COUNT && !span_is(word, style_name((enum style)style)))
		style++;
	if (style == STYLE_COUNT)
		return _("the first word must be a style; tamis-keys(7) lists them");
	for (word = next_word(&line); word.len; word = next_word(&line)) {
		int32_t colour;

		if (parse_attribute(word))
			look.attributes |= parse_attribute(word);
		else if (colours < 2 && parse_colour(word, &colour))
			*(colours++ ? &look.background : &look.foreground) = colour;
		else
			return _("colours are default, 0-255, #rrggbb or a name; attributes bold, dim, italic, underline, reverse");
	}
	t->look[style] = look;
	return NULL;
}

void theme_parse(struct theme *t, struct span text, const char *file, theme_report report, void *ctx)
{
	for (size_t number = 1; text.len; number++) {
		const char *fault = parse_line(t, span_line(&text));
		char said[400];

		if (!fault)
			continue;
		snprintf(said, sizeof said, "%.200s:%zu: %s", file, number, fault);
		report(ctx, said);
	}
}

int theme_load(struct theme *t, const char *name, theme_report report, void *ctx, struct error *err)
{
	struct buf text = BUF_INIT;
	char *path = strchr(name, '/') ? xstrdup(name) : data_path_own("themes", name);
	int code;

	if (!path)
		path = data_path_shipped("themes", name);
	theme_mono(t);
	if (!path && strcmp(name, "mono") == 0)
		return 0;
	if (!path) {
		data_names("themes", &text);
		code = error_set(err, TAMIS_ENOTFOUND, _("there is no theme '%s'; there are: %s"), name, text.p);
		goto done;
	}
	code = fs_read_all(&text, path, THEME_LIMIT, err);
	if (code == 0) {
		theme_parse(t, buf_span(&text), path, report, ctx);
		snprintf(t->name, sizeof t->name, "%s", name);
	}
done:
	buf_free(&text);
	free(path);
	return code;
}

const char *theme_suited(int colours, bool no_colour)
{
	if (no_colour || colours < 8)
		return "mono";
	if (colours > 256)
		return "truecolour";
	return colours == 256 ? "256" : "default16";
}

/* The usual values of the first sixteen colours (they are the user's to change: good enough to find the nearest). */
static const uint32_t sixteen[16] = {
	0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5,
	0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff,
};

/* xterm's 256: sixteen, a 6x6x6 cube, 24 greys. */
static uint32_t rgb_of(int32_t colour)
{
	static const uint32_t step[6] = { 0, 95, 135, 175, 215, 255 };
	uint32_t c = (uint32_t)colour;

	if (colour >= COLOUR_RGB)
		return c - COLOUR_RGB;
	if (c < 16)
		return sixteen[c];
	if (c < 232) {
		c -= 16;
		return step[c / 36] << 16 | step[c / 6 % 6] << 8 | step[c % 6];
	}
	c = 8 + (c - 232) * 10;
	return c << 16 | c << 8 | c;
}

static int nearest(uint32_t rgb, int first, int end)
{
	int best = first;
	long best_distance = -1;

	for (int i = first; i < end; i++) {
		uint32_t have = rgb_of(i);
		long r = (long)(rgb >> 16 & 255) - (long)(have >> 16 & 255);
		long g = (long)(rgb >> 8 & 255) - (long)(have >> 8 & 255);
		long b = (long)(rgb & 255) - (long)(have & 255);
		long distance = r * r + g * g + b * b;

		if (best_distance < 0 || distance < best_distance) {
			best_distance = distance;
			best = i;
		}
	}
	return best;
}

int theme_colour(int32_t colour, int colours)
{
	if (colour == COLOUR_NONE || colours < 8)
		return COLOUR_NONE;
	if (colours > 256) /* direct colour: values below 8 still mean the palette */
		return colour < 8 ? (int)colour : (int)rgb_of(colour);
	if (colour < colours)
		return (int)colour;
	if (colours == 256)
		return nearest(rgb_of(colour), 16, 256);
	return nearest(rgb_of(colour), 0, colours < 16 ? 8 : 16);
}
