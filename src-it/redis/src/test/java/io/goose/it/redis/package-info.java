/** The broker contracts on real Redis servers of several kinds, and the faults that only a Redis has. */
@NullMarked
package io.goose.it.redis;

import org.jspecify.annotations.NullMarked;
