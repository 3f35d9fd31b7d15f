/* The frame of a SARIF log. */
#include "json/sarif.h"

void sarif_member(struct json_writer *w, const char *name, const char *value)
{
	json_key(w, name);
	json_z(w, value);
}

void sarif_open(struct json_writer *w, const char *name, char bracket)
{
	json_key(w, name);
	json_open(w, bracket);
}

void sarif_message(struct json_writer *w, const char *name, struct str text)
{
	sarif_open(w, name, '{');
	json_key(w, "text");
	json_str(w, text);
	json_close(w, '}');
}

void sarif_begin(struct json_writer *w, const char *tool)
{
	buf_z(w->out, "{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{\"columnKind\":\"unicodeCodePoints\",\n"
	              "\"tool\":{\"driver\":");
	json_open(w, '{');
	sarif_member(w, "name", tool);
	sarif_member(w, "version", ROS_VERSION_TEXT);
	sarif_open(w, "rules", '[');
}

void sarif_results(struct json_writer *w)
{
	json_close(w, ']');
	json_close(w, '}');
	buf_z(w->out, "},\n\"results\":[\n");
}

void sarif_end(struct buf *out, bool complete)
{
	buf_fmt(out, "],\n\"invocations\":[{\"executionSuccessful\":%s}]}]}\n", complete ? "true" : "false");
}
