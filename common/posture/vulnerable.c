/*
 * Versions against the list. A vulnerability is mended on each line (the first two numbers) from some version on; on a line that the list does not
 * name, whatever is older than the newest mended version has it.
 */
#include "posture/vulnerable.h"

#include "base/num.h"
#include "json/reader.h"

#include <string.h>

#define PART INT64_C(100000)

int64_t version_number(struct str version)
{
	int64_t sum = 0;
	for (int i = 0; i < 3; i++) {
		struct str part;
		int64_t v;
		version = str_cut(version, '.', &part);
		if (!num_int_in(part, 0, PART - 1, &v))
			return -1;
		sum = sum * PART + v;
	}
	return version.p ? -1 : sum;
}

static struct str text_of(const struct json_reader *r, const struct json *v, const char *member)
{
	const struct json *found = json_get(r, v, str_of(member));
	return found ? found->text : (struct str){ NULL, 0 };
}

static bool has(const struct json_reader *r, const struct json *v, int64_t version)
{
	int64_t newest = 0, same = -1;
	const struct json *mended = json_get(r, v, STR("mended"));
	for (const struct json *m = json_first(mended); m; m = json_next(r, m)) {
		int64_t at = version_number(m->text);
		newest = at > newest ? at : newest;
		if (at / PART == version / PART)
			same = at;
	}
	return version >= version_number(text_of(r, v, "since")) && version < (same >= 0 ? same : newest);
}

static enum severity severity_of(struct str name)
{
	enum severity s = SEVERITY_NOTE;
	while (severity_names[s + 1] && !str_is(name, severity_names[s]))
		s++;
	return s;
}

/* Where a distribution mends this version: says what is known. */
static bool is_packaged(const struct json_reader *r, const struct json *root, struct str version, struct buf *evidence)
{
	for (const struct json *p = json_first(json_get(r, root, STR("packages"))); p; p = json_next(r, p)) {
		if (!str_eq(text_of(r, p, "version"), version))
			continue;
		buf_fmt(evidence, "; cannot be told: %.*s mends it without changing the version: all are mended in the package %.*s",
		        STR_ARG(text_of(r, p, "distribution")), STR_ARG(text_of(r, p, "package")));
		return true;
	}
	return false;
}

enum check_state vulnerable(struct str version, struct buf *evidence, enum severity *severity)
{
	static const struct json_limits limits = { .bytes = 1 << 20, .depth = 8, .nodes = 8192 };
	struct json_fault fault;
	struct json_reader *r = json_reader_new(limits);
	const struct json *root = json_read(r, str_of(redis_vulnerabilities_text), &fault);
	size_t n = 0;
	enum severity worst = SEVERITY_NOTE;
	buf_fmt(evidence, "version %.*s; known on %.*s: ", STR_ARG(version), STR_ARG(text_of(r, root, "as_of")));
	for (const struct json *v = json_first(json_get(r, root, STR("vulnerabilities"))); v; v = json_next(r, v)) {
		if (!has(r, v, version_number(version)))
			continue;
		enum severity one = severity_of(text_of(r, v, "severity"));
		worst = one > worst ? one : worst;
		buf_fmt(evidence, "%s%.*s (%s)", n++ ? ", " : "", STR_ARG(text_of(r, v, "id")), severity_names[one]);
	}
	enum check_state state = n == 0 ? CHECK_PASSED : CHECK_FOUND;
	if (n == 0)
		buf_z(evidence, "none");
	else if (is_packaged(r, root, version, evidence))
		state = CHECK_UNSEEN;
	else
		*severity = worst;
	json_reader_free(r);
	return state;
}
