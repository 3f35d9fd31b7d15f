/* The table of formats. */
#include "report/formats.h"

#include "base/str.h"

#include <string.h>

const struct report_format report_formats[] = {
	{ "md", ".md", report_markdown },
	{ "json", ".json", report_json },
	{ "csv", ".csv", report_csv },
	{ "text", ".txt", report_text },
	{ "html", ".html", report_html },
	{ "pdf", ".pdf", report_pdf },
};
const size_t n_report_formats = sizeof report_formats / sizeof report_formats[0];

const struct report_format *report_format_named(const char *name)
{
	for (size_t i = 0; i < n_report_formats; i++)
		if (strcmp(report_formats[i].name, name) == 0)
			return &report_formats[i];
	return NULL;
}

const struct report_format *report_format_of_file(const char *path)
{
	const char *dot = strrchr(path, '.');
	for (size_t i = 0; dot && i < n_report_formats; i++)
		if (strcmp(report_formats[i].extension, dot) == 0)
			return &report_formats[i];
	return NULL;
}
