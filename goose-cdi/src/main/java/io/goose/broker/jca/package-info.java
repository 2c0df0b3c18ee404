/**
 * A broker behind a resource adapter. What crosses the boundary are standard types only, because each side may have its own copy
 * of Goose's classes, or the same: see {@code docs/resource-adapter.md}.
 */
@NullMarked
package io.goose.broker.jca;

import org.jspecify.annotations.NullMarked;
