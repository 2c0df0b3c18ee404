/** Enqueuing: from a call to the broker's answer. */
@NullMarked
package io.goose.engine.client;

import org.jspecify.annotations.NullMarked;
