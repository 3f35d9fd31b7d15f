/* Looking words up: a filter of bits that few words pass, then an open-addressed table. */
#include "phi/rules.h"

#include <string.h>

static bool same_letters(const char *folded, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (folded[i] != (p[i] | 0x20))
			return false;
	return true;
}

const struct phi_word *phi_word_at(const char *p, size_t n, uint32_t hash)
{
	for (uint32_t slot = hash % PHI_SLOTS; phi_words[slot].n > 0; slot = (slot + 1) % PHI_SLOTS)
		if (phi_words[slot].hash == hash && phi_words[slot].n == n && same_letters(phi_word_text + phi_words[slot].text, p, n))
			return &phi_words[slot];
	return NULL;
}

unsigned phi_word_is(struct str word)
{
	const struct phi_word *found = phi_word_at(word.p, word.n, phi_hash(word.p, word.n));
	return found ? found->is : 0;
}
