/** Rows of an XA data source and jobs of the resource adapter, in transactions of the container. */
@NullMarked
package io.goose.it.xa;

import org.jspecify.annotations.NullMarked;
