/** What Goose measures, for Micrometer. Its classes are loaded only where that API is there. */
@NullMarked
package io.goose.metrics.micrometer;

import org.jspecify.annotations.NullMarked;
