package io.goose;

import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Which parameter types the methods of a class's generic ancestors have in that class. */
final class Erasures {

    private final Map<TypeVariable<?>, Type> values = new HashMap<>();

    Erasures(Class<?> type) {
        collect(type);
    }

    private void collect(Class<?> type) {
        for (Type parent : type.getGenericInterfaces()) {
            collect(parent);
        }
        if (type.getGenericSuperclass() != null) {
            collect(type.getGenericSuperclass());
        }
    }

    private void collect(Type parent) {
        if (parent instanceof ParameterizedType parameterized && parameterized.getRawType() instanceof Class<?> raw) {
            TypeVariable<?>[] variables = raw.getTypeParameters();
            for (int i = 0; i < variables.length; i++) {
                values.putIfAbsent(variables[i], parameterized.getActualTypeArguments()[i]);
            }
            collect(raw);
        } else if (parent instanceof Class<?> raw) {
            collect(raw);
        }
    }

    /** Whether {@code method}, of the class or an ancestor, has these parameter types as declared or as the class sees it. */
    boolean hasParameters(Method method, Class<?>[] parameters) {
        Class<?>[] declared = method.getParameterTypes();
        if (Arrays.equals(declared, parameters)) {
            return true;
        }
        Type[] generic = method.getGenericParameterTypes();
        if (declared.length != parameters.length || generic.length != parameters.length) {
            return false;
        }
        for (int i = 0; i < parameters.length; i++) {
            if (!parameters[i].equals(erased(generic[i], declared[i]))) {
                return false;
            }
        }
        return true;
    }

    private Class<?> erased(Type type, Class<?> asDeclared) {
        Type value = type;
        while (value instanceof TypeVariable<?> variable && values.containsKey(variable)) {
            value = values.get(variable);
        }
        if (value instanceof ParameterizedType parameterized) {
            value = parameterized.getRawType();
        }
        return value instanceof Class<?> known ? known : asDeclared;
    }
}
