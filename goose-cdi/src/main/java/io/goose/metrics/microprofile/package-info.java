/** What Goose measures, for MicroProfile Metrics. Its classes are loaded only where that API is there. */
@NullMarked
package io.goose.metrics.microprofile;

import org.jspecify.annotations.NullMarked;
