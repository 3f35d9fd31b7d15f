/* Redaction: what is passed on has been scanned again, since two halves of a text can make a new candidate. */
#include "phi/redact.h"

void phi_replace(struct buf *out, struct str text, const struct phi_finding *found, size_t n)
{
	size_t done = 0;
	for (size_t i = 0; i < n; i++) {
		const struct phi_finding *f = &found[i];
		if (f->start >= done) {
			buf_add(out, text.p + done, f->start - done);
			buf_fmt(out, "[%s]", f->rule->label);
		}
		if (f->start + f->n > done)
			done = f->start + f->n;
	}
	buf_add(out, text.p + done, text.n - done);
}

int phi_redact(struct phi_scanner *s, struct str key, struct str text, struct buf *out, bool *changed, struct err *e)
{
	const struct phi_finding *found;
	size_t n, before = out->n;
	if (phi_scan(s, key, text, &found, &n, e) != 0)
		return -1;
	*changed = n > 0;
	phi_replace(out, text, found, n);
	if (n == 0)
		return 0;
	if (!buf_ok(out) || phi_scan(s, key, (struct str){ out->p + before, out->n - before }, &found, &n, e) != 0 || n > 0) {
		out->n = before;
		buf_z(out, "[REDACTED]");
	}
	return 0;
}
