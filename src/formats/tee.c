/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A layer that shows what passes: how content that can't be read again in place is kept while it is framed.
 */
#include "formats/stream.h"

#include <stdlib.h>

struct tee {
	stream_tee_fn see;
	void *ctx;
};

static ssize_t read_tee(struct stream *s, void *p, size_t n, struct error *err)
{
	struct tee *tee = s->state;
	ssize_t got = s->below->read(s->below, p, n, err);

	if (got > 0) {
		int rc = tee->see(tee->ctx, span_make(p, (size_t)got), err);

		if (rc < 0)
			return rc;
	}
	return got;
}

static void close_tee(struct stream *s)
{
	free(s->state);
}

struct stream *stream_tee(struct stream *below, stream_tee_fn see, void *ctx)
{
	struct tee *tee = xmalloc(sizeof *tee);

	*tee = (struct tee){ .see = see, .ctx = ctx };
	return stream_layer(below, read_tee, close_tee, tee);
}
