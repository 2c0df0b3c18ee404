package io.goose.broker.jca;

import jakarta.resource.cci.MappedRecord;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A call over the boundary, or its reply. The other side reads it as the standard interface that it implements, never by this
 * name. Not thread-safe.
 *
 * @since 0.1
 */
public final class CallRecord extends LinkedHashMap<String, @Nullable Object>
        implements MappedRecord<String, @Nullable Object> {

    private static final long serialVersionUID = 1;

    private String recordName = "goose.call";
    private String description = "";

    /** A record with these entries. */
    public CallRecord(Map<String, ? extends @Nullable Object> entries) {
        super(entries);
    }

    @Override
    public String getRecordName() {
        return recordName;
    }

    @Override
    public void setRecordName(String name) {
        recordName = name;
    }

    @Override
    public void setRecordShortDescription(String text) {
        description = text;
    }

    @Override
    public String getRecordShortDescription() {
        return description;
    }

    @Override
    public CallRecord clone() {
        return (CallRecord) super.clone();
    }
}
