/** Enqueuing inside a transaction: with it, after it, or without regard to it. */
@NullMarked
package io.goose.engine.transaction;

import org.jspecify.annotations.NullMarked;
