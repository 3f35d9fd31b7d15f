/* An audit as a SARIF log: each check is a rule, each that did not pass a result. */
#include "json/sarif.h"
#include "posture/show.h"

static const char *level(enum severity severity)
{
	return severity >= SEVERITY_HIGH ? "error" : severity >= SEVERITY_LOW ? "warning" : "note";
}

static void write_rule(struct json_writer *w, const struct check *check)
{
	json_open(w, '{');
	sarif_member(w, "id", check->id);
	sarif_message(w, "shortDescription", str_of(check->title));
	sarif_message(w, "help", str_of(check->remedy));
	sarif_open(w, "defaultConfiguration", '{');
	sarif_member(w, "level", level(check->severity));
	json_close(w, '}');
	sarif_open(w, "properties", '{');
	sarif_member(w, "hipaa", check->hipaa);
	json_close(w, '}');
	json_close(w, '}');
}

/* What could not be seen is open: SARIF gives it no level. */
static void write_result(struct json_writer *w, const struct finding *f, size_t rule, const char *bus)
{
	bool is_found = f->state == CHECK_FOUND;
	json_open(w, '{');
	sarif_member(w, "ruleId", f->check->id);
	json_key(w, "ruleIndex");
	json_int(w, (int64_t)rule);
	sarif_member(w, "kind", is_found ? "fail" : "open");
	sarif_member(w, "level", is_found ? level(f->severity) : "none");
	sarif_message(w, "message", buf_view(&f->evidence));
	sarif_open(w, "locations", '[');
	json_open(w, '{');
	sarif_open(w, "logicalLocations", '[');
	json_open(w, '{');
	sarif_member(w, "fullyQualifiedName", bus);
	sarif_member(w, "kind", "resource");
	json_close(w, '}');
	json_close(w, ']');
	json_close(w, '}');
	json_close(w, ']');
	sarif_open(w, "properties", '{');
	sarif_member(w, "severity", severity_names[f->severity]);
	json_close(w, '}');
	json_close(w, '}');
}

void audit_sarif(const struct audit *a, const char *bus, int64_t now_ms, struct buf *out)
{
	(void)now_ms;
	struct json_writer w;
	bool first = true;
	json_writer_init(&w, out, false);
	sarif_begin(&w, "ros-bus audit");
	for (size_t i = 0; i < a->n; i++)
		write_rule(&w, a->v[i].check);
	sarif_results(&w);
	for (size_t i = 0; i < a->n; i++) {
		if (a->v[i].state == CHECK_PASSED)
			continue;
		buf_z(out, first ? "" : ",\n");
		first = false;
		json_writer_init(&w, out, false);
		write_result(&w, &a->v[i], i, bus);
	}
	buf_char(out, '\n');
	sarif_end(out, true);
}
