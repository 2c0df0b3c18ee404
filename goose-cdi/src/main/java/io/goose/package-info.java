/**
 * What applications compile against: the client, the annotations that make a method a job, options, and the extension
 * points.
 */
@NullMarked
package io.goose;

import org.jspecify.annotations.NullMarked;
