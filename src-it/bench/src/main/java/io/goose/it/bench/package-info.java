/** How fast Goose is, beside what the bare client can do and what a peer does, on one machine in one run. */
@NullMarked
package io.goose.it.bench;

import org.jspecify.annotations.NullMarked;
