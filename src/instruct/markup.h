/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * In what markup a document is written: by the name of its file where that says it, else by its text.
 */
#ifndef TAMIS_INSTRUCT_MARKUP_H
#define TAMIS_INSTRUCT_MARKUP_H

#include "base/buf.h"

enum markup { MARKUP_PLAIN, MARKUP_HTML, MARKUP_MARKDOWN, MARKUP_POD, MARKUP_MAN, MARKUP_LATEX, MARKUP_RST, MARKUP_CODE, MARKUPS };

const char *markup_name(enum markup m); /* "plain" "html" "markdown" "pod" "man" "latex" "rst" "code": untranslated */
/* What the text looks like: tags of headings, =head lines, macros of a manual page, \\section, # lines, underlined lines and
 * directives, statements; else plain. */
enum markup markup_guess(struct span source);
/* The same for a file, whose name is believed (".md", ".html.gz") unless it says nothing; "" for no name. */
enum markup markup_of_file(struct span name, struct span source);

#endif
