/* The names under which a model is looked for in a price map, from the one in the event on. ros-price(1) lists the rules. */
#ifndef ROS_PRICE_NAMES_H
#define ROS_PRICE_NAMES_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

#define MODEL_NAMES_MAX 4

/* How LiteLLM calls a provider of the contract. */
struct provider_names {
	const char *prefix[2]; /* before the model in a key: "azure/gpt-4o"; NULL: no second one */
	const char *owner;     /* shell pattern of `litellm_provider` for keys without a prefix */
};

/*
 * Fills names[] with the model as it is, then without a resource path ("models/"), a region ("us."), a date suffix ("-20250929", "-2025-09-29"), each
 * taken off what is left; returns how many differ. They point into `model`.
 */
size_t model_names(struct str model, struct str names[MODEL_NAMES_MAX]);

/* The provider's row; false where its own name is the prefix and the owner. */
bool provider_names(struct str provider, struct provider_names *out);

#endif
