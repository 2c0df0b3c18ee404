package io.goose;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A key as an annotation writes it: text in which {@code {n}} stands for an argument, the first being 0. Immutable. */
record KeyTemplate(String text, int arguments) {

    private static final Pattern PLACE = Pattern.compile("\\{(\\d{1,2})}");
    private static final int LONGEST = 300;

    /**
     * @param text the key
     * @throws IllegalArgumentException if a brace stands for nothing
     */
    static KeyTemplate of(String text) {
        Matcher places = PLACE.matcher(text);
        int arguments = 0;
        while (places.find()) {
            arguments = Math.max(arguments, Integer.parseInt(places.group(1)) + 1);
        }
        String rest = PLACE.matcher(text).replaceAll("");
        if (text.isEmpty() || rest.contains("{") || rest.contains("}")) {
            throw new IllegalArgumentException("GOOSE-4142: the key '" + text
                    + "' cannot be; write text in which {0} stands for the first argument, {1} for the second");
        }
        return new KeyTemplate(text, arguments);
    }

    /** The key of a call. */
    String resolve(List<?> values) {
        if (arguments > values.size()) {
            throw new IllegalArgumentException("GOOSE-4142: the key '" + text + "' is made of " + arguments
                    + " arguments, the call has " + values.size());
        }
        return PLACE.matcher(text)
                .replaceAll(place ->
                        Matcher.quoteReplacement(String.valueOf(values.get(Integer.parseInt(place.group(1))))));
    }

    static String check(String key) {
        if (key.isEmpty() || key.length() > LONGEST) {
            throw new IllegalArgumentException("GOOSE-4143: a key has 1 to " + LONGEST + " characters, not "
                    + key.length() + "; use a number or a short name of what the jobs have in common");
        }
        return key;
    }
}
