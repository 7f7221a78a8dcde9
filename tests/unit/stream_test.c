/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Streams: every container in several pieces, cut, damaged and as a bomb; encodings; catalogues; two files
 * zipped. */
#include "formats_help.h"

#include <bzlib.h>
#include <iconv.h>
#include <lzma.h>
#include <sys/resource.h>
#include <zlib.h>
#include <zstd.h>

#include "base/fs.h"
#include "base/hash.h"

/* ---- packing ---- */

static void pack_gzip(struct buf *out, struct span s)
{
	z_stream z = { 0 };

	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	buf_reserve(out, s.len + s.len / 10 + 1000);
	z.next_in = (unsigned char *)s.p;
	z.avail_in = (unsigned)s.len;
	z.next_out = (unsigned char *)out->p + out->len;
	z.avail_out = (unsigned)(s.len + s.len / 10 + 1000);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	out->len += z.total_out;
	deflateEnd(&z);
}

static void pack_zstd(struct buf *out, struct span s)
{
	static const char skippable[] =
		"\x53\x2a\x4d\x18\x04\0\0\0skip"; /* a frame to be skipped goes first */
	size_t n;

	buf_add(out, skippable, 12);
	buf_reserve(out, ZSTD_compressBound(s.len));
	n = ZSTD_compress(out->p + out->len, ZSTD_compressBound(s.len), s.p, s.len, 3);
	assert_false(ZSTD_isError(n));
	out->len += n;
}

static void pack_xz(struct buf *out, struct span s)
{
	size_t bound = lzma_stream_buffer_bound(s.len), n = 0;

	buf_reserve(out, bound);
	assert_int_equal(lzma_easy_buffer_encode(1, LZMA_CHECK_CRC64, NULL, (const uint8_t *)s.p, s.len,
						 (uint8_t *)out->p + out->len, &n, bound), LZMA_OK);
	out->len += n;
}

static void pack_bzip2(struct buf *out, struct span s)
{
	unsigned n = (unsigned)(s.len + s.len / 50 + 1000);

	buf_reserve(out, n);
	assert_int_equal(
		BZ2_bzBuffToBuffCompress(out->p + out->len, &n, (char *)s.p, (unsigned)s.len, 1, 0, 0),
		BZ_OK);
	out->len += n;
}

static const struct packing {
	enum container container;
	void (*pack)(struct buf *out, struct span s);
} packings[] = {
	{ CONTAINER_GZIP, pack_gzip },
	{ CONTAINER_ZSTD, pack_zstd },
	{ CONTAINER_XZ, pack_xz },
	{ CONTAINER_BZIP2, pack_bzip2 },
};

#define PACKINGS (sizeof packings / sizeof *packings)

/* Lines that don't pack too well, so that a cut leaves good ones behind. */
static void make_lines(struct buf *out, size_t n)
{
	char hex[33];

	for (size_t i = 0; i < n; i++) {
		struct hash128 h = hash128(&i, sizeof i);

		hash128_hex(hex, &h);
		buf_addf(out, "{\"text\":\"line %zu %s \xe4\xbd\xa0\xe5\xa5\xbd\"}\n", i, hex);
	}
}

/* Two pieces one after the other, like `cat a.gz b.gz`. */
static void pack_twice(const struct packing *p, struct buf *out, struct span s)
{
	size_t half = s.len / 2;

	p->pack(out, span_make(s.p, half));
	p->pack(out, span_make(s.p + half, s.len - half));
}

static struct outcome read_packed(void **state, struct span packed)
{
	char *path = scratch_file(state, "packed", packed);
	struct outcome o = read_source(path, NULL);

	free(path);
	return o;
}

/* ---- containers ---- */

static void reads_containers_in_several_pieces(void **state)
{
	struct buf lines = BUF_INIT, packed = BUF_INIT;

	make_lines(&lines, 5000);
	for (size_t i = 0; i < PACKINGS; i++) {
		struct outcome o;

		buf_clear(&packed);
		pack_twice(&packings[i], &packed, buf_span(&lines));
		o = read_packed(state, buf_span(&packed));
		assert_int_equal(o.shape.container, packings[i].container);
		assert_int_equal(o.code, 0);
		assert_int_equal(o.good, 5000);
		assert_int_equal(o.bad, 0);
		assert_false(shape_in_place(&o.shape));
		outcome_free(&o);
	}
	buf_free(&lines);
	buf_free(&packed);
}

static void keeps_good_rows_of_truncated_containers(void **state)
{
	struct buf lines = BUF_INIT, packed = BUF_INIT;

	make_lines(&lines, 40000);
	for (size_t i = 0; i < PACKINGS; i++) {
		struct outcome o;

		buf_clear(&packed);
		pack_twice(&packings[i], &packed, buf_span(&lines));
		o = read_packed(state, span_make(packed.p, packed.len * 4 / 5));
		assert_int_equal(o.code, TAMIS_EPARSE);
		assert_true(o.good > 19000 && o.good < 40000);
		assert_int_equal(o.bad, 0);
		assert_non_null(strstr(o.err.msg, container_name(packings[i].container)));
		outcome_free(&o);
	}
	buf_free(&lines);
	buf_free(&packed);
}

static void keeps_good_rows_of_damaged_containers(void **state)
{
	struct buf lines = BUF_INIT, packed = BUF_INIT;

	make_lines(&lines, 40000);
	for (size_t i = 0; i < PACKINGS; i++) {
		struct outcome o;

		buf_clear(&packed);
		pack_twice(&packings[i], &packed, buf_span(&lines));
		memset(packed.p + packed.len * 3 / 4, 0x5a, 4000);
		o = read_packed(state, buf_span(&packed));
		assert_int_equal(o.code, TAMIS_EPARSE);
		assert_true(o.good >= 19000 && o.good < 40000);
		outcome_free(&o);
	}
	buf_free(&lines);
	buf_free(&packed);
}

static void ends_are_not_errors(void **state)
{
	struct buf packed = BUF_INIT;
	struct outcome o;

	pack_gzip(&packed, span_of("{\"text\":\"a\"}\n"));
	buf_fill(&packed, '\0', 512); /* padding of tapes */
	o = read_packed(state, buf_span(&packed));
	assert_int_equal(o.code, 0);
	assert_int_equal(o.good, 1);
	outcome_free(&o);
	o = read_packed(state, span_of(""));
	assert_int_equal(o.code, 0);
	assert_int_equal(o.good, 0);
	outcome_free(&o);
	buf_free(&packed);
}

static void a_bomb_costs_time_and_no_memory(void **state)
{
	struct buf zeros = BUF_INIT, once = BUF_INIT, twice = BUF_INIT;
	struct shape shape = { .container = CONTAINER_GZIP, .format = FORMAT_JSONL };
	struct rusage before, after;
	struct error err = { 0 };
	struct framer *f;
	struct framed got;
	struct stream *s;
	char *path;

	/* 256 MiB of one line in some 260 KB */
	buf_fill(&zeros, '0', (size_t)4 << 20);
	for (int i = 0; i < 64; i++)
		pack_gzip(&once, buf_span(&zeros));
	buf_free(&zeros);
	path = scratch_file(state, "bomb.gz", buf_span(&once));
	getrusage(RUSAGE_SELF, &before);
	assert_int_equal(stream_open(&s, &shape, path, NULL, 0, &err), 0);
	f = framer_new(&shape, 0, 1, 1 << 20);
	assert_int_equal(framer_next(f, s, &got, &err), 1);
	assert_int_equal(got.len, (uint64_t)256 << 20);
	assert_null(got.bytes.p);
	getrusage(RUSAGE_SELF, &after);
	assert_true(after.ru_maxrss - before.ru_maxrss < 16 * 1024); /* KiB */
	framer_free(f);
	stream_close(s);
	free(path);
	buf_free(&once);
	buf_free(&twice);
}

static void compressed_sources_start_only_at_their_beginning(void **state)
{
	struct shape shape = { .container = CONTAINER_GZIP, .format = FORMAT_JSONL };
	struct error err = { 0 };
	struct stream *s;
	char *path = scratch_file(state, "x", span_of("{}\n{}\n"));

	assert_int_equal(stream_open(&s, &shape, path, NULL, 3, &err), TAMIS_EUSAGE);
	shape.container = CONTAINER_NONE;
	assert_int_equal(stream_open(&s, &shape, path, NULL, 3, &err), 0);
	stream_close(s);
	assert_int_equal(stream_open(&s, &shape, "/nonexistent/file", NULL, 0, &err), TAMIS_EIO);
	assert_non_null(strstr(err.msg, "/nonexistent/file"));
	free(path);
}

static void fill_pipe(int ends[2], struct span bytes)
{
	assert_int_equal(pipe(ends), 0);
	assert_true(bytes.len < 60000); /* what a pipe holds */
	assert_int_equal(write(ends[1], bytes.p, bytes.len), bytes.len);
	close(ends[1]);
}

static void reads_whole_files_and_pipes_whatever_packs_them(void **state)
{
	struct buf lines = BUF_INIT, packed = BUF_INIT, got = BUF_INIT;
	struct error err = { 0 };

	make_lines(&lines, 400);
	for (size_t i = 0; i <= PACKINGS; i++) {
		char *path, through[32];
		int ends[2];

		buf_clear(&packed);
		if (i < PACKINGS)
			pack_twice(&packings[i], &packed, buf_span(&lines));
		else
			buf_addspan(&packed, buf_span(&lines));
		path = scratch_file(state, "whole", buf_span(&packed));
		buf_clear(&got);
		buf_adds(&got, "before ");
		assert_int_equal(stream_read_all(&got, path, lines.len, &err), 0);
		assert_int_equal(got.len, lines.len + 7);
		assert_memory_equal(got.p + 7, lines.p, lines.len + 1);
		buf_clear(&got);
		assert_int_equal(stream_read_all(&got, path, lines.len - 1, &err), TAMIS_ELIMIT);
		assert_non_null(strstr(err.msg, path));
		buf_clear(&got);
		fill_pipe(ends, buf_span(&packed));
		snprintf(through, sizeof through, "/proc/self/fd/%d", ends[0]);
		assert_int_equal(stream_read_all(&got, through, lines.len, &err), 0);
		assert_true(span_eq(buf_span(&got), buf_span(&lines)));
		close(ends[0]);
		free(path);
	}
	buf_clear(&got);
	char *empty = scratch_file(state, "empty", span_of(""));

	assert_int_equal(stream_read_all(&got, empty, 10, &err), 0);
	assert_int_equal(got.len, 0);
	free(empty);
	buf_free(&lines);
	buf_free(&packed);
	buf_free(&got);
}

/* ---- encodings ---- */

static void convert(struct buf *out, const char *charset, struct span s)
{
	iconv_t c = iconv_open(charset, "UTF-8");
	char *in = (char *)s.p, *to;
	size_t left = s.len, room = s.len * 4 + 8;

	assert_true(c != (iconv_t)-1);
	buf_reserve(out, room);
	to = out->p + out->len;
	assert_true(iconv(c, &in, &left, &to, &room) != (size_t)-1);
	out->len = (size_t)(to - out->p);
	iconv_close(c);
}

static void reads_utf_16_of_both_orders_with_and_without_mark(void **state)
{
	static const char *const charsets[] = { "UTF-16LE", "UTF-16BE" };
	static const char *const marks[] = { "\xff\xfe", "\xfe\xff" };
	struct buf lines = BUF_INIT, text = BUF_INIT, packed = BUF_INIT;

	make_lines(&lines, 20000);
	for (int order = 0; order < 2; order++) {
		for (int mark = 0; mark < 2; mark++) {
			struct outcome o;

			buf_clear(&text);
			buf_add(&text, marks[order], mark ? 2 : 0);
			convert(&text, charsets[order], buf_span(&lines));
			buf_clear(&packed);
			pack_gzip(&packed, buf_span(&text));
			o = read_packed(state, mark ? buf_span(&text) : buf_span(&packed));
			assert_true(o.shape.utf16);
			assert_int_equal(o.code, 0);
			assert_int_equal(o.good, 20000);
			assert_true(
				span_ends(record_value(&o.first, ROLE_TEXT), " \xe4\xbd\xa0\xe5\xa5\xbd"));
			outcome_free(&o);
		}
	}
	buf_free(&lines);
	buf_free(&text);
	buf_free(&packed);
}

static void reads_a_catalogue_in_the_encoding_it_names(void **state)
{
	struct outcome o = read_text(state, "latin.po",
				     "msgid \"\"\nmsgstr \"Content-Type: text/plain; "
				     "charset=ISO-8859-1\\n\"\n\"Language: de\\n\"\n\n"
				     "msgid \"open\"\nmsgstr \"\xf6"
				     "ffnen\"\n");

	assert_int_equal(o.code, 0);
	assert_string_equal(o.shape.charset, "ISO-8859-1");
	assert_role(&o.first, ROLE_TARGET, "\xc3\xb6" "ffnen");
	outcome_free(&o);
}

/* ---- compiled catalogues ---- */

static void put_word(struct buf *b, uint32_t v, bool big)
{
	for (int i = 0; i < 4; i++)
		buf_addc(b, (char)(v >> (big ? 24 - 8 * i : 8 * i)));
}

struct message {
	struct span id, text;
};

#define M(a, b) { { a, sizeof a - 1 }, { b, sizeof b - 1 } }

static void make_mo(struct buf *out, const struct message *m, uint32_t n, bool big)
{
	uint32_t at = 28 + 16 * n;

	put_word(out, 0x950412de, big);
	put_word(out, 0, big);
	put_word(out, n, big);
	put_word(out, 28, big);
	put_word(out, 28 + 8 * n, big);
	put_word(out, 0, big);
	put_word(out, at, big);
	for (int side = 0; side < 2; side++) {
		for (uint32_t i = 0; i < n; i++) {
			uint32_t len = (uint32_t)(side ? m[i].text.len : m[i].id.len);

			put_word(out, len, big);
			put_word(out, at, big);
			at += len + 1;
		}
	}
	for (int side = 0; side < 2; side++) {
		for (uint32_t i = 0; i < n; i++) {
			buf_addspan(out, side ? m[i].text : m[i].id);
			buf_addc(out, '\0');
		}
	}
}

static const struct message messages[] = {
	M("", "Language: fr\nContent-Type: text/plain; charset=ISO-8859-1\n"),
	M("menu\004Open", "Ouvrir \xe0"),
	M("one file\0%d files", "un fichier\0%d fichiers"),
	M("untranslated", ""),
};

static void unrolls_catalogues_of_both_byte_orders(void **state)
{
	for (int big = 0; big < 2; big++) {
		struct buf file = BUF_INIT;
		struct outcome o;

		make_mo(&file, messages, 4, big);
		o = read_packed(state, buf_span(&file));
		assert_int_equal(o.code, 0);
		assert_int_equal(o.shape.format, FORMAT_MO);
		assert_string_equal(o.shape.target_lang, "fr");
		assert_int_equal(o.good, 2);
		assert_role(&o.first, ROLE_SOURCE, "Open");
		assert_role(&o.first, ROLE_TARGET, "Ouvrir \xc3\xa0");
		assert_role(&o.first, ROLE_META, "menu");
		outcome_free(&o);
		buf_free(&file);
	}
}

static void a_damaged_catalogue_never_reads_outside(void **state)
{
	struct buf file = BUF_INIT;

	make_mo(&file, messages, 4, false);
	for (size_t at = 8; at < 60; at++) {
		struct buf broken = BUF_INIT;
		struct outcome o;

		buf_addspan(&broken, buf_span(&file));
		broken.p[at] = (char)0xff;
		o = read_packed(state, buf_span(&broken));
		assert_true(o.good <= 3);
		outcome_free(&o);
		buf_free(&broken);
	}
	buf_free(&file);
}

/* ---- two files ---- */

static void zips_two_files_until_one_ends(void **state)
{
	struct shape shape = { .format = FORMAT_MOSES };
	struct error err = { 0 };
	char *a = scratch_file(state, "m.a", span_of("1\r\n2\n\xff\n4")),
	     *b = scratch_file(state, "m.b", span_of("I\nII\nIII\n"));
	char all[400];
	struct stream *s;
	size_t n = 0;
	ssize_t got;

	assert_int_equal(stream_open(&s, &shape, a, NULL, 0, &err), TAMIS_EUSAGE);
	assert_int_equal(stream_open(&s, &shape, a, b, 0, &err), 0);
	while ((got = stream_read(s, all + n, 7, &err)) > 0)
		n += (size_t)got;
	assert_int_equal(got, TAMIS_EPARSE);
	all[n] = '\0';
	/* the line that is no UTF-8 is left out of its record, for the scanner to name */
	assert_string_equal(all, "{\"line\":1,\"source\":\"1\",\"target\":\"I\"}\n{\"line\":2,\"source\":"
				 "\"2\",\"target\":\"II\"}\n"
				 "{\"line\":3,\"target\":\"III\"}\n");
	stream_close(s);
	free(a);
	free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_containers_in_several_pieces),
		cmocka_unit_test(keeps_good_rows_of_truncated_containers),
		cmocka_unit_test(keeps_good_rows_of_damaged_containers),
		cmocka_unit_test(ends_are_not_errors),
		cmocka_unit_test(a_bomb_costs_time_and_no_memory),
		cmocka_unit_test(compressed_sources_start_only_at_their_beginning),
		cmocka_unit_test(reads_whole_files_and_pipes_whatever_packs_them),
		cmocka_unit_test(reads_utf_16_of_both_orders_with_and_without_mark),
		cmocka_unit_test(reads_a_catalogue_in_the_encoding_it_names),
		cmocka_unit_test(unrolls_catalogues_of_both_byte_orders),
		cmocka_unit_test(a_damaged_catalogue_never_reads_outside),
		cmocka_unit_test(zips_two_files_until_one_ends),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
