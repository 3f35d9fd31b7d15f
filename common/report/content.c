/*
 * What the report says, in the order of reading. Where it is over DEMO and LIVE, each has its own column or its own
 * chapter; the two are never added.
 */
#include "report/content.h"

size_t content_parts(const struct report *r, const struct report_part *parts[2])
{
	size_t n = 0;
	for (int i = 0; i < 2; i++)
		if (r->mode[i].mode)
			parts[n++] = &r->mode[i];
	return n;
}

struct report_group content_rest(const struct report_list *list, size_t from)
{
	struct report_group rest = { 0 };
	for (size_t i = from; i < list->n; i++) {
		for (int m = 0; m < MEASURES; m++)
			rest.m[m] += list->v[i].m[m];
		for (int s = 0; s < STATUSES; s++)
			rest.status[s] += list->v[i].status[s];
	}
	return rest;
}

void report_content(const struct report *r, struct doc *d)
{
	const struct report_part *parts[2];
	size_t n = content_parts(r, parts);
	content_first(d, r);
	content_evidence(d, r);
	content_findings(d, r);
	for (size_t i = 0; i < n; i++)
		content_details(d, parts[i], r);
	d->part = "";
	content_annex(d, r);
}
