/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The heads of files of embeddings: .npy (numpy.lib.format) and .safetensors (its README, "Format"). */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/i18n.h"
#include "base/json.h"
#include "bitext/vectors.h"

enum { NPY_HEAD_MOST = 1 << 16, SAFETENSORS_HEAD_MOST = 100000000, TENSORS_MOST = 1 << 20 };

static const size_t values_most = (size_t)1 << 36;
static const char npy_magic[6] = { '\x93', 'N', 'U', 'M', 'P', 'Y' };

/* A file that is being looked at. */
struct head {
	const char *path;
	int fd;
	uint64_t size;
	unsigned char start[12];
	struct buf text;
};

static int refuse(const struct head *h, int code, const char *wrong, struct error *err)
{
	return error_set(err, code, _("%s cannot be read as embeddings: %s"), h->path, _(wrong));
}

/* Is there room in the file for what its head announces? */
static int take_shape(struct vectors *out, const struct head *h, uint64_t at, size_t bytes, struct error *err)
{
	out->at = at;
	out->stride = out->dimensions * bytes;
	out->file_rows = out->n;
	if (at > h->size || (h->size - at) / out->stride < out->n)
		return error_set(err, TAMIS_EPARSE, _("%s is cut off: it announces %zu rows of %zu numbers"), h->path, out->n,
				 out->dimensions);
	return 0;
}

static bool shape_fits(const struct vectors *v)
{
	return v->dimensions && v->dimensions <= VECTOR_DIMENSIONS_MOST && v->n <= values_most / v->dimensions && v->n < UINT32_MAX;
}

static int read_text(struct head *h, uint64_t at, size_t length, struct error *err)
{
	buf_reserve(&h->text, length);
	if (fs_pread(h->fd, h->text.p, length, at) != (ssize_t)length)
		return error_set(err, TAMIS_EIO, _("cannot read %s to its end"), h->path);
	h->text.len = length;
	h->text.p[length] = '\0';
	return 0;
}

/* ---- .npy ---- */

/* The text is a Python dict: {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), } */
static const char *parse_npy(struct vectors *out, const char *text)
{
	const char *descr = strstr(text, "'descr'"), *shape = strstr(text, "'shape'"), *order = strstr(text, "'fortran_order'");
	const char *open = shape ? strchr(shape, '(') : NULL;
	char *end;

	if (!descr || !open || !order)
		return N_("its header is damaged");
	order += strcspn(order, ":");
	order += strspn(order, ": ");
	if (strncmp(order, "False", 5) != 0)
		return N_("it is in Fortran order; save it with numpy.ascontiguousarray");
	descr += strlen("'descr'");
	descr += strspn(descr, ": ");
	out->type = !strncmp(descr, "'<f2'", 5) ? VECTOR_F16 : VECTOR_F32;
	if (out->type == VECTOR_F32 && strncmp(descr, "'<f4'", 5) != 0)
		return N_("its numbers are neither float32 nor float16; save it with .astype(\"float32\")");
	out->n = strtoull(open + 1, &end, 10);
	if (end == open + 1 || *end != ',')
		return N_("it is not a matrix");
	out->dimensions = strtoull(end + 1, &end, 10);
	return *end == ')' && shape_fits(out) ? NULL : N_("it is not a matrix of a size this program reads");
}

static int open_npy(struct vectors *out, struct head *h, struct error *err)
{
	size_t length = (size_t)h->start[8] | (size_t)h->start[9] << 8, at = 10;
	const char *wrong;
	int rc;

	if (h->start[6] >= 2) {
		length |= (size_t)h->start[10] << 16 | (size_t)h->start[11] << 24;
		at = 12;
	}
	if (length > NPY_HEAD_MOST || at + length > h->size)
		return refuse(h, TAMIS_EPARSE, N_("its header is damaged"), err);
	rc = read_text(h, at, length, err);
	if (rc)
		return rc;
	wrong = parse_npy(out, h->text.p);
	if (wrong)
		return refuse(h, TAMIS_EPARSE, wrong, err);
	return take_shape(out, h, at + length, out->type == VECTOR_F32 ? 4 : 2, err);
}

/* ---- .safetensors ---- */

struct tensor {
	struct span name, dtype;  /* as they stand in the header */
	size_t rows, columns;     /* 0 columns: not a matrix */
	uint64_t begin, end;      /* of the bytes after the header */
};

struct number_type {
	const char *name;
	size_t bytes;
	enum vector_type type;
};

static const struct number_type number_types[] = {
	{ "F32", 4, VECTOR_F32 },
	{ "F16", 2, VECTOR_F16 },
	{ "BF16", 2, VECTOR_BF16 },
};

static const struct number_type *type_of(struct span dtype)
{
	for (size_t i = 0; i < sizeof number_types / sizeof *number_types; i++)
		if (span_is(dtype, number_types[i].name))
			return &number_types[i];
	return NULL;
}

static bool read_count(uint64_t *out, const struct json_member *m)
{
	uint64_t n = 0;

	if (m->type != JSON_T_NUMBER || m->value.len > 18)
		return false;
	for (size_t i = 0; i < m->value.len; i++) {
		if (m->value.p[i] < '0' || m->value.p[i] > '9')
			return false;
		n = n * 10 + (uint64_t)(m->value.p[i] - '0');
	}
	*out = n;
	return true;
}

/* Two whole numbers in brackets; `*n` is how many numbers there are. */
static bool read_two(uint64_t *a, uint64_t *b, size_t *n, struct span array)
{
	struct json_member members[2];
	struct json_fault fault;

	if (json_scan_array(array, members, 2, n, &fault) != 0)
		return false;
	return *n != 2 || (read_count(a, &members[0]) && read_count(b, &members[1]));
}

static bool read_tensor(struct tensor *out, const struct json_member *m)
{
	struct json_member members[8];
	struct json_fault fault;
	uint64_t rows = 0, columns = 0;
	size_t n = 0, dimensions = 0, offsets = 0;

	*out = (struct tensor){ .name = m->key };
	if (m->type != JSON_T_OBJECT || json_scan_object(m->value, members, 8, &n, &fault) != 0)
		return false;
	for (size_t i = 0; i < n && i < 8; i++) {
		bool good = true;

		if (span_is(members[i].key, "dtype") && members[i].type == JSON_T_STRING)
			out->dtype = members[i].value;
		else if (span_is(members[i].key, "shape"))
			good = read_two(&rows, &columns, &dimensions, members[i].value);
		else if (span_is(members[i].key, "data_offsets"))
			good = read_two(&out->begin, &out->end, &offsets, members[i].value);
		if (!good)
			return false;
	}
	if (dimensions == 2) {
		out->rows = rows;
		out->columns = columns;
	}
	return out->dtype.len && offsets == 2 && out->begin <= out->end;
}

/* The tensor asked for; without a name the only matrix of numbers this program reads. */
struct choice {
	const char *name;
	struct tensor tensor;
	size_t n;                 /* that would do */
	struct buf names;         /* of all, for the sentence */
};

static void consider(struct choice *c, const struct tensor *t)
{
	if (c->names.len < 300) {
		buf_adds(&c->names, c->names.len ? ", " : "");
		buf_addspan(&c->names, t->name);
	}
	if (c->name ? !span_is(t->name, c->name) : !t->columns || !type_of(t->dtype))
		return;
	c->tensor = *t;
	c->n++;
}

static int choose(struct choice *c, const struct head *h, struct error *err)
{
	struct json_member *members;
	struct json_fault fault;
	size_t n = 0;
	int rc = 0;

	if (json_scan_object(buf_span(&h->text), NULL, 0, &n, &fault) != 0)
		return error_set(err, TAMIS_EPARSE, _("%s cannot be read as embeddings: its header, byte %zu: %s"), h->path, fault.at,
				 _(fault.reason));
	if (n > TENSORS_MOST)
		return refuse(h, TAMIS_ELIMIT, N_("it holds too many tensors"), err);
	members = xcalloc(n + 1, sizeof *members);
	json_scan_object(buf_span(&h->text), members, n, &n, &fault);
	for (size_t i = 0; i < n && rc == 0; i++) {
		struct tensor t;

		if (span_is(members[i].key, "__metadata__"))
			continue;
		if (read_tensor(&t, &members[i]))
			consider(c, &t);
		else
			rc = refuse(h, TAMIS_EPARSE, N_("its header is damaged"), err);
	}
	free(members);
	return rc;
}

static int refuse_choice(const struct choice *c, const struct head *h, struct error *err)
{
	if (c->n > 1)
		return error_set(err, TAMIS_EUSAGE, _("%s holds several matrices (%s): choose one with --tensor"), h->path, c->names.p);
	if (c->name)
		return error_set(err, TAMIS_EUSAGE, _("%s holds no tensor “%s”; there are: %s"), h->path, c->name, c->names.p);
	return error_set(err, TAMIS_EUNSUPPORTED, _("%s holds no matrix of F32, F16 or BF16 numbers; there are: %s"), h->path,
			 c->names.p);
}

static int take_tensor(struct vectors *out, const struct tensor *t, const struct head *h, uint64_t data, struct error *err)
{
	const struct number_type *type = type_of(t->dtype);

	if (!type)
		return refuse(h, TAMIS_EUNSUPPORTED, N_("the tensor's numbers are not of F32, F16 or BF16"), err);
	if (!t->columns)
		return refuse(h, TAMIS_EUNSUPPORTED, N_("it is not a matrix"), err);
	out->n = t->rows;
	out->dimensions = t->columns;
	out->type = type->type;
	if (!shape_fits(out))
		return refuse(h, TAMIS_EPARSE, N_("it is not a matrix of a size this program reads"), err);
	if (t->end - t->begin != t->rows * t->columns * type->bytes)
		return refuse(h, TAMIS_EPARSE, N_("the tensor's shape and its place in the file do not agree"), err);
	return take_shape(out, h, data + t->begin, type->bytes, err);
}

static uint64_t little_endian(const unsigned char *p)
{
	uint64_t n = 0;

	for (int i = 7; i >= 0; i--)
		n = n << 8 | p[i];
	return n;
}

static int open_safetensors(struct vectors *out, struct head *h, const char *name, struct error *err)
{
	struct choice c = { .name = name, .names = BUF_INIT };
	uint64_t length = little_endian(h->start);
	int rc;

	if (length > SAFETENSORS_HEAD_MOST || length > h->size - 8)
		return refuse(h, TAMIS_EPARSE, N_("its header is damaged"), err);
	rc = read_text(h, 8, (size_t)length, err);
	if (rc == 0)
		rc = choose(&c, h, err);
	if (rc == 0)
		rc = c.n == 1 ? take_tensor(out, &c.tensor, h, 8 + length, err) : refuse_choice(&c, h, err);
	buf_free(&c.names);
	return rc;
}

/* ---- either ---- */

static int open_head(struct head *h, struct error *err)
{
	struct stat st;

	h->fd = open(h->path, O_RDONLY | O_CLOEXEC);
	if (h->fd < 0 || fstat(h->fd, &st) < 0)
		return error_errno(err, TAMIS_EIO, errno, _("cannot read %s"), h->path);
	if (!S_ISREG(st.st_mode))
		return error_set(err, TAMIS_EUSAGE, _("%s is no file"), h->path);
	h->size = (uint64_t)st.st_size;
	if (h->size < sizeof h->start || fs_pread(h->fd, h->start, sizeof h->start, 0) != sizeof h->start)
		return refuse(h, TAMIS_EPARSE, N_("it is no .npy file and no .safetensors file"), err);
	return 0;
}

int vectors_open(struct vectors *out, const char *path, const char *tensor, struct error *err)
{
	struct head h = { .path = path, .fd = -1, .text = BUF_INIT };
	int rc;

	*out = (struct vectors)VECTORS_INIT;
	rc = open_head(&h, err);
	if (rc == 0 && !memcmp(h.start, npy_magic, sizeof npy_magic))
		rc = open_npy(out, &h, err);
	else if (rc == 0 && h.start[8] == '{')
		rc = open_safetensors(out, &h, tensor, err);
	else if (rc == 0)
		rc = refuse(&h, TAMIS_EPARSE, N_("it is no .npy file and no .safetensors file"), err);
	buf_free(&h.text);
	if (rc) {
		*out = (struct vectors)VECTORS_INIT;
		if (h.fd >= 0)
			close(h.fd);
		return rc;
	}
	out->fd = h.fd;
	return 0;
}

int vectors_open_at(struct vectors *out, const char *path, uint64_t at, uint64_t stride, size_t n, size_t dimensions,
		    struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	*out = (struct vectors)VECTORS_INIT;
	if (fd < 0)
		return error_errno(err, TAMIS_EIO, errno, _("cannot read %s"), path);
	*out = (struct vectors){ .n = n, .dimensions = dimensions, .type = VECTOR_F32, .fd = fd, .at = at, .stride = stride,
				 .file_rows = n };
	return 0;
}
