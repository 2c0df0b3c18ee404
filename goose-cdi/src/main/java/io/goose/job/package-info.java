/** The job as data: an immutable envelope, the record a broker keeps beside it, and their codecs. */
@NullMarked
package io.goose.job;

import org.jspecify.annotations.NullMarked;
