/* Runs the checks. */
#include "posture/audit.h"

#define EVIDENCE_MAX 8192

const char *const severity_names[] = { "note", "low", "medium", "high", "critical", NULL };

static void run_one(struct finding *out, const struct check *check, const struct posture *f)
{
	*out = (struct finding){ .check = check, .severity = check->severity };
	buf_init(&out->evidence, EVIDENCE_MAX);
	if (check->needs & f->missing) {
		out->state = CHECK_UNSEEN;
		buf_z(&out->evidence, "cannot be seen: this user lacks ");
		posture_rights(check->needs & f->missing, &out->evidence);
	} else {
		out->state = check->run(f, out);
	}
	if (out->evidence.p)
		str_mask(out->evidence.p, out->evidence.n);
}

static void run_all(struct audit *a, const struct check *checks, const struct posture *f)
{
	for (; checks->id; checks++)
		run_one(&a->v[a->n++], checks, f);
}

void audit_run(struct audit *a, const struct posture *f)
{
	a->n = 0;
	if (f->url.scheme == URL_FILE) {
		run_all(a, file_checks, f);
	} else {
		run_all(a, access_checks, f);
		run_all(a, keep_checks, f);
	}
	run_all(a, stream_checks, f);
}

void audit_free(struct audit *a)
{
	for (size_t i = 0; i < a->n; i++)
		buf_free(&a->v[i].evidence);
	a->n = 0;
}

size_t audit_count(const struct audit *a, enum severity at_least)
{
	size_t n = 0;
	for (size_t i = 0; i < a->n; i++)
		n += a->v[i].state != CHECK_PASSED && a->v[i].severity >= at_least;
	return n;
}

static void add_value(struct finding *out, const char *name, struct str value)
{
	if (!value.p)
		value = STR("absent");
	buf_fmt(&out->evidence, "%s%s %.*s", out->evidence.n > 0 ? ", " : "", name, STR_ARG(value));
}

void finding_config(struct finding *out, const struct posture *f, const char *name)
{
	add_value(out, name, posture_config(f, name));
}

void finding_info(struct finding *out, const struct posture *f, const char *name)
{
	add_value(out, name, posture_info(f, name));
}
