/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The logistic re-scorer; see rescore.h.
 */
#include "bitext/rescore.h"

#include <math.h>

#include "base/fs.h"
#include "base/i18n.h"

static void read_row(struct rescorer *r, bool seen[FEATURES_MAX], struct span line)
{
	char text[256], name[64];
	float weight, mean, scale, first;

	if (line.len >= sizeof text)
		return;
	memcpy(text, line.p, line.len);
	text[line.len] = 0;
	if (sscanf(text, "prior\t%lf", &r->prior) == 1)
		return;
	if (sscanf(text, "%63[^\t]\t%f\t%f\t%f\t%f", name, &weight, &mean, &scale, &first) != 5 || !(scale > 0))
		return;
	for (size_t i = 0; i < feature_count(); i++) {
		if (strcmp(name, feature_name(i)) != 0)
			continue;
		r->weight[i] = weight;
		r->mean[i] = mean;
		r->scale[i] = scale;
		r->first[i] = first;
		seen[i] = true;
	}
}

int rescorer_read(struct rescorer *out, const char *path, struct error *err)
{
	struct buf text = BUF_INIT;
	bool seen[FEATURES_MAX] = { false };
	int rc = fs_read_all(&text, path, 1 << 20, err);

	*out = (struct rescorer){ .prior = .5 };
	for (struct span rest = buf_span(&text); !rc && rest.len;)
		read_row(out, seen, span_line(&rest));
	for (size_t i = 0; !rc && i < feature_count(); i++)
		if (!seen[i])
			rc = error_set(err, TAMIS_EPARSE, _("%s has no row for %s: it belongs to another version"), path,
				       feature_name(i));
	buf_free(&text);
	return rc;
}

double rescore(const struct rescorer *r, const float weight[FEATURES_MAX], const float features[FEATURES_MAX])
{
	double z = 0;

	for (size_t i = 0; i < feature_count(); i++)
		z += (double)weight[i] * (double)((features[i] - r->mean[i]) / r->scale[i]);
	return z;
}

double rescore_prior(const double *log_odds, size_t n, double trained_prior)
{
	double prior = trained_prior;

	if (n < 50 || !(trained_prior > 0 && trained_prior < 1))
		return trained_prior;
	for (int round = 0; round < 100; round++) {
		double shift = log(prior / (1 - prior)) - log(trained_prior / (1 - trained_prior)), sum = 0, next;

		for (size_t i = 0; i < n; i++)
			sum += 1 / (1 + exp(-(log_odds[i] + shift)));
		next = sum / (double)n;
		next = next < .001 ? .001 : next > .999 ? .999 : next;
		if (fabs(next - prior) < 1e-7)
			break;
		prior = next;
	}
	return prior;
}
