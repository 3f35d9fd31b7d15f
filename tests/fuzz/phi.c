/* Any bytes as a text: no crash; findings lie inside the text; what redaction passes on is clean when it is scanned again. */
#include "../lib/fuzz.h"

#include "phi/redact.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size };
	struct phi_scanner *s = phi_scanner_new();
	const struct phi_finding *found;
	struct buf out;
	struct err e;
	size_t n;
	bool changed;
	buf_init(&out, 1 << 24);
	if (phi_scan(s, (struct str){ 0 }, text, &found, &n, &e) == 0) {
		for (size_t i = 0; i < n; i++)
			FUZZ_CHECK(found[i].n > 0 && found[i].start + found[i].n <= size);
		FUZZ_CHECK(phi_redact(s, (struct str){ 0 }, text, &out, &changed, &e) == 0 && changed == (n > 0));
		FUZZ_CHECK(phi_scan(s, (struct str){ 0 }, buf_view(&out), &found, &n, &e) == 0 && n == 0);
	}
	buf_free(&out);
	phi_scanner_free(s);
	return 0;
}
