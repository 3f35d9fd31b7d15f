/* Canaries on the way that lines go. */
#include "phi/canary.h"

#include "json/writer.h"

#include <string.h>

const struct phi_canary phi_canaries[PHI_CANARIES] = {
	{ 'A', "Patient name: Maria Gonzalez" },
	{ 'B', "lives at 4711 Maple Street" },
	{ 'C', "date of birth: 03/14/1952" },
	{ 'D', "phone: (415) 555-0142" },
	{ 'E', "fax: (415) 555-0143" },
	{ 'F', "write to maria.gonzalez@example.com" },
	{ 'G', "SSN 219-09-9999" },
	{ 'H', "MRN: 00847261" },
	{ 'I', "Medicare beneficiary 1EG4-TE5-MK72" },
	{ 'J', "account number: 4400918273" },
	{ 'K', "license number: D-8841207" },
	{ 'L', "VIN 1M8GDM9AXKP042788" },
	{ 'M', "device serial number: PM-5520913" },
	{ 'N', "patient page https://example.com/p/maria-gonzalez" },
	{ 'O', "from IP address 203.0.113.77" },
	{ 'P', "fingerprint biometric ID: FP-20931" },
	{ 'Q', "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB" },
	{ 'R', "patient ID: 5520917" },
};

static void note(void *arg, const struct phi_hit *hit)
{
	bool *seen = arg;
	seen[hit->finding->rule->letter - 'A'] = true;
}

static bool is_found(struct phi_line *l, const struct phi_canary *c, struct str line, struct buf *out)
{
	bool seen['R' - 'A' + 1] = { false };
	struct err e;
	return phi_line_take(l, line, false, note, seen, out, &e) == 0 && seen[c->letter - 'A'] && !strstr(buf_cstr(out), c->text);
}

char phi_canary_missed(struct phi_line *l)
{
	struct buf json, out;
	char missed = '\0';
	buf_init(&json, 1 << 12);
	buf_init(&out, 1 << 12);
	for (size_t i = 0; i < PHI_CANARIES && !missed; i++) {
		const struct phi_canary *c = &phi_canaries[i];
		buf_clear(&json);
		buf_z(&json, "{\"prompt_redacted\":");
		json_quote(&json, str_of(c->text));
		buf_char(&json, '}');
		if (!is_found(l, c, str_of(c->text), &out) || !is_found(l, c, buf_view(&json), &out))
			missed = c->letter;
	}
	buf_free(&json);
	buf_free(&out);
	return missed;
}
